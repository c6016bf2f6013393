# One makefile for the whole tree. It lists no program by hand: cmd/x.c is the
# program bin/x, and every .c below lib/ROOM belongs to libdeepstyle.
include config.mk
-include config.local.mk

MAKEFLAGS += -r
.DELETE_ON_ERROR:
.SUFFIXES:

comma := ,
VARIANT = $(if $(CUDA_FOUND),cuda,cpu)$(if $(DNNL),-dnnl)$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(COV),-cov)$(if $(DEV),-dev)
B = build/$(VARIANT)
# Only the plain build and its DEV twin own bin/; variants keep their own.
BIN = $(if $(SAN)$(COV)$(DNNL),$(B)/bin,bin)

.DEFAULT_GOAL := all
include cuda.mk

PKGS := libjpeg libpng yaml-0.1 libcurl libxml-2.0 sqlite3 libcrypto
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Werror=vla -Wpointer-arith -Wwrite-strings -Wformat=2 -Wundef
OPT := -O3 -march=$(ARCH) -fno-math-errno -fno-trapping-math -ffp-contract=off
# A sanitizer's checks make gcc believe in null pointers that snprintf never
# gets.
INSTR := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-Wno-format-truncation -Wno-unknown-warning-option -Wno-pass-failed) \
	$(if $(COV),--coverage)
# The backslashes are read by the shell, and by JSON in compile_commands.json.
ALL_CFLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -DVERSION=\"$(VERSION)\" \
	-DBACKENDS=\"cpu$(if $(CUDA_FOUND),+cuda)\" \
	-Ilib $(if $(DNNL),-I$(DNNL)/include) -g $(OPT) -fopenmp $(WARN) \
	$(if $(DEV),-Werror) $(INSTR) \
	$(PKG_CFLAGS) $(CFLAGS)
# Few programs need all of these libraries: what is not used is not linked.
ALL_LDFLAGS := -fopenmp -Wl,--as-needed $(INSTR) $(LDFLAGS)
LIBS := $(PKG_LIBS) \
	$(if $(DNNL),-L$(DNNL)/lib -Wl$(comma)-rpath$(comma)$(DNNL)/lib) \
	-ldnnl $(CUDA_LIBS) -lpthread -lm

# Without CUDA one file stands in for its room. The plug-in is no part of it.
LIB_SRC := $(filter-out $(if $(CUDA_FOUND),lib/nn/absent.c,lib/nn/cuda/%) \
	lib/nn/reduce/%, \
	$(sort $(wildcard lib/*/*.c lib/*/*/*.c)))
# Files that programs carry within them, as _binary_PATH_start and _end.
LIB_TEXT := $(sort $(wildcard lib/*/*.html)) pipelines/conf/pinterest.yaml
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(CUDA_SRC:%.cu=$(B)/%.o) \
	$(LIB_TEXT:%=$(B)/%.o)
NN_OBJ := $(filter $(B)/lib/base/% $(B)/lib/json/% $(B)/lib/nn/%,$(LIB_OBJ))
CMDS := $(sort $(basename $(notdir $(wildcard cmd/*.c))))
UNIT := $(sort $(wildcard tests/unit/*_test.c tests/op/*_test.c))
UNIT_BIN := $(UNIT:%.c=$(B)/%)
# The web server of the tests, which misbehaves on purpose.
FAULTD_SRC := $(sort $(wildcard tests/web/*.c))
FAULTD := $(B)/tests/web/faultd
# Measurements of the nets; one program of several files.
BENCH := tests/bench/nn_bench.c $(sort $(wildcard tests/bench/bench_*.c))
NN_BENCH := $(B)/tests/bench/nn_bench
FUZZERS := $(sort $(wildcard tests/fuzz/*_fuzz.c))
FUZZ_BIN := $(FUZZERS:%.c=$(B)/%)

# What is opened where mpirun starts a program; built where there is an MPI.
MPI_FOUND := $(if $(filter 0,$(MPI)),,$(shell command -v $(MPICC)))
MPI_PLUGIN := $(if $(MPI_FOUND),$(BIN)/deepstyle-mpi.so)
ifeq ($(MPI)$(MPI_FOUND),1)
$(error MPI=1, but there is no $(MPICC))
endif

all: $(B)/cuda.found $(CMDS:%=$(BIN)/%) $(B)/libnn.a $(MPI_PLUGIN) ## build every program into bin/

$(B)/libnn.a: $(NN_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(B)/libdeepstyle.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(BIN)/deepstyle-mpi.so: lib/nn/reduce/mpi.c lib/nn/reduce/plugin.h
	@mkdir -p $(@D)
	OMPI_CC=$(CC) MPICH_CC=$(CC) $(MPICC) $(ALL_CFLAGS) -fPIC -shared \
		$(LDFLAGS) -o $@ $<

$(B)/%.o: %.c Makefile config.mk
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/tests/%.o: ALL_CFLAGS += -Itests/unit

$(LIB_TEXT:%=$(B)/%.o): $(B)/%.o: %
	@mkdir -p $(@D)
	$(LD) -r -b binary -z noexecstack -o $@ $<

$(BIN)/%: $(B)/cmd/%.o $(B)/libdeepstyle.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/%: $(B)/tests/%.o $(B)/libdeepstyle.a
	@mkdir -p $(@D)
	$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

$(FAULTD): $(FAULTD_SRC:%.c=$(B)/%.o) $(B)/libdeepstyle.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lz

# The CUDA backend on the host: tests/cuda plays the card, and the compiler's
# own CUDA is left out of it.
CARD := $(B)/card
CARD_OBJ := $(patsubst %,$(CARD)/%.o,lib/nn/cuda/cuda lib/nn/cuda/cuda_convs \
	lib/nn/cuda/cuda_graph lib/nn/cuda/cuda_ranks \
	lib/nn/cuda/cuda_memory $(basename $(wildcard lib/nn/cuda/*.cu)) \
	tests/cuda/card tests/cuda/card_work tests/cuda/card_convs \
	tests/cuda/card_nccl)
# Tests of the ops serve the card too; the others are its own.
CARD_OPS := $(addprefix $(CARD)/,op_test update_test resize_test)
CARD_OWN := $(patsubst tests/cuda/%.c,$(CARD)/%,$(wildcard tests/cuda/*_test.c))
CARD_TEST := $(CARD_OPS) $(CARD_OWN)

$(CARD)/%.o: %.c Makefile config.mk
	@mkdir -p $(@D)
	$(CC) -Itests/cuda/shim $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(CARD)/%.o: %.cu Makefile config.mk
	@mkdir -p $(@D)
	$(CXX) -x c++ -std=c++17 -Itests/cuda/shim -Ilib -g -O2 -fopenmp-simd \
		-Wall -Wextra -Wno-unknown-pragmas $(if $(DEV),-Werror) $(INSTR) -MMD -MP -c -o $@ $<

$(CARD_OPS): $(CARD)/%: $(B)/tests/op/%.o $(CARD_OBJ) $(B)/libdeepstyle.a
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(CARD_OWN): $(CARD)/%: $(B)/tests/cuda/%.o $(CARD_OBJ) $(B)/libdeepstyle.a
	$(CXX) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# A fuzz target is driven by libFuzzer, or else by a replay of its corpus.
ifneq ($(findstring fuzzer,$(SAN)),)
$(FUZZ_BIN): ALL_LDFLAGS += -fsanitize=fuzzer
else
$(FUZZ_BIN): $(B)/tests/fuzz/replay.o
endif

$(NN_BENCH): $(BENCH:%.c=$(B)/%.o)

bench-nn: $(NN_BENCH) ## the nets' speed beside PyTorch's, which must be there
	tests/bench/nn $<

bench-loader: $(B)/tests/bench/loader_bench $(BIN)/rcnn-train $(BIN)/dfsynth ## photographs a second that are decoded, and learnt
	tests/bench/loader.sh $< $(DATA)

bench-near: $(B)/tests/bench/near_bench ## how fast imdedup finds near pairs among 100,000
	$<

# Needs pycocotools in PYTHON.
check-coco-eval: $(B)/tests/unit/data_cocoeval_test ## N random cases (3000) against pycocotools, by SEED
	$(or $(PYTHON),python3) tests/golden/coco_eval.py $(or $(N),3000) $(or $(SEED),100) >$(B)/cases.jsonl
	$(or $(PYTHON),python3) tests/golden/coco_eval.py 60 $(or $(SEED),100) 14 >>$(B)/cases.jsonl
	$(or $(PYTHON),python3) tests/golden/coco_eval.py 20 $(or $(SEED),100) 14 30 >>$(B)/cases.jsonl
	prove $< :: $(B)/cases.jsonl

tests: all $(UNIT_BIN) $(FUZZ_BIN) $(FAULTD) $(NN_BENCH) $(CARD_TEST) ## build the test programs too

check: tests ## run every quick test
	BIN="$(abspath $(BIN))" BUILD="$(abspath $(B))" tests/check

soak: $(BIN)/pinscrape $(BIN)/dfsynth $(FAULTD) ## the scraper on a site full of faults, killed and run again
	BIN="$(abspath $(BIN))" BUILD="$(abspath $(B))" SOAK_PICTURES=1000 \
		SOAK_PAGES=50 LIMIT=7200 \
		prove -v -e tests/exec tests/web/soak.bats

# valgrind knows no AVX-512.
soak-valgrind: ## the same under valgrind
	SOAK_UNDER="valgrind -q --leak-check=full --error-exitcode=99" \
		$(MAKE) ARCH=x86-64-v3 B=build/valgrind \
		BIN=build/valgrind/bin soak

fuzz: ## look for crashes: T seconds each target, or FUZZ=name alone
	$(MAKE) CC=clang SAN=fuzzer-no-link,address,undefined CUDA=0 fuzzers

fuzzers: $(FUZZ_BIN)
	BUILD="$(B)" T="$(T)" tests/fuzz/hunt.sh \
		$(or $(FUZZ),$(FUZZERS:tests/fuzz/%_fuzz.c=%))

install: all ## install programs, manuals and pipelines below DESTDIR PREFIX
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)
	install $(CMDS:%=$(BIN)/%) $(DESTDIR)$(BINDIR)
	$(if $(MPI_PLUGIN),install -d $(DESTDIR)$(PLUGINDIR) && \
		install $(MPI_PLUGIN) $(DESTDIR)$(PLUGINDIR))
	for s in 1 5 7; do for f in man/*.$$s; do [ -f "$$f" ] || continue; \
		install -d $(DESTDIR)$(MANDIR)/man$$s && \
		install -m 644 $$f $(DESTDIR)$(MANDIR)/man$$s || exit 1; done; done
	cp -R pipelines $(DESTDIR)$(DATADIR)/

uninstall: ## remove what install put there
	rm -f $(CMDS:%=$(DESTDIR)$(BINDIR)/%)
	rm -rf $(DESTDIR)$(PLUGINDIR)
	for f in man/*.[157]; do \
		rm -f $(DESTDIR)$(MANDIR)/man$${f##*.}/$${f#man/}; done
	rm -rf $(DESTDIR)$(DATADIR)

compile_commands.json: $(LIB_SRC) $(wildcard cmd/*.c) $(UNIT) $(FUZZERS) Makefile ## for editors
	@{ sep='['; for f in $(filter %.c,$^); do \
		printf '%s\n{"directory":"%s","file":"%s","arguments":[' \
			"$$sep" '$(CURDIR)' "$$f"; sep=,; \
		printf '"%s",' $(CC) $(ALL_CFLAGS:%='%') '-Itests/unit' -c; \
		printf '"%s"]}' "$$f"; \
	done; printf '\n]\n'; } > $@

format: ## lay out the sources as .clang-format says
	clang-format -i $$(git ls-files '*.c' '*.h')

clean: ## remove everything that was built
	rm -rf build bin compile_commands.json

help: ## this list
	@sed -n 's/^\([a-z_.-]*\):.*## /\1\t/p' Makefile | expand -t 24

-include $(LIB_OBJ:.o=.d) $(CMDS:%=$(B)/cmd/%.d) $(UNIT:%.c=$(B)/%.d) \
	$(CARD_OBJ:.o=.d) $(CARD_OWN:$(CARD)/%=$(B)/tests/cuda/%.d) \
	$(FAULTD_SRC:%.c=$(B)/%.d) $(FUZZERS:%.c=$(B)/%.d) \
	$(BENCH:%.c=$(B)/%.d) $(B)/tests/bench/loader_bench.d \
	$(B)/tests/bench/near_bench.d
.PHONY: all tests check check-coco-eval soak soak-valgrind bench-nn \
	bench-loader bench-near fuzz fuzzers install \
	uninstall format clean help
.SECONDARY:
