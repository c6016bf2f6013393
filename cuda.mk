# The CUDA backend (lib/nn/cuda): found, and built. CUDA=auto builds it where
# nvcc and cuDNN's header are, CUDA=1 insists, CUDA=0 leaves it out.
#
# Looked for, in this order: CUDA_HOME; NVIDIA's packages and installers
# (/usr/local/cuda, /usr/local/cuda-*, /opt/cuda); nvcc on the PATH; Python
# wheels (nvidia/cu13 in PYTHON's site-packages). cuDNN: CUDNN_HOME; beside the
# system's headers; in CUDA_HOME; wheels.
ifneq ($(CUDA),0)
# Of directories, the first that has a file.
first_with = $(firstword $(patsubst %/$1,%,$(wildcard $(addsuffix /$1,$2))))
# Where Python keeps wheels; asked only when nothing else has what we look for.
wheels = $(or $(shell $(PYTHON) -c \
	'import nvidia; print(list(nvidia.__path__)[0])' 2>/dev/null),/nowhere)

CUDA_PLACES := /usr/local/cuda $(wildcard /usr/local/cuda-*) /opt/cuda \
	$(patsubst %/bin/nvcc,%,$(shell command -v nvcc))
CUDNN_PLACES := /usr/include /usr/include/$(shell uname -m)-linux-gnu

ifndef CUDA_HOME
CUDA_HOME := $(or $(call first_with,bin/nvcc,$(CUDA_PLACES)),$(call \
	first_with,bin/nvcc,$(addsuffix /cu13,$(wheels))))
endif
CUDNN_INC := $(or $(call first_with,cudnn_graph.h,$(addsuffix \
	/include,$(CUDNN_HOME)) $(CUDNN_PLACES) $(CUDA_HOME)/include),$(call \
	first_with,cudnn_graph.h,$(addsuffix /cudnn/include,$(wheels))))
CUDA_LIB := $(call first_with,libcudart_static.a,$(CUDA_HOME)/lib64 \
	$(CUDA_HOME)/lib)
NVCC := $(wildcard $(CUDA_HOME)/bin/nvcc)
CUDA_MISSING := $(strip $(if $(NVCC),,nvcc) \
	$(if $(CUDA_LIB),,libcudart_static.a) $(if $(CUDNN_INC),,cudnn_graph.h))
CUDA_FOUND := $(if $(CUDA_MISSING),,1)
space := $(subst ,, )
and_no = $(subst $(space), and no ,$(CUDA_MISSING))
endif

ifeq ($(CUDA)$(CUDA_FOUND),1)
$(error CUDA=1, but there is no $(and_no); \
	CUDA_HOME and CUDNN_HOME may say where to look)
endif

ifeq ($(CUDA),0)
CUDA_SAYS := left out: CUDA=0
else ifeq ($(CUDA_FOUND),)
CUDA_SAYS := left out: no $(and_no)
else
CUDA_SAYS := nvcc of $(CUDA_HOME), cuDNN of $(CUDNN_INC), for sm $(CUDA_ARCH)
endif

ifneq ($(CUDA_FOUND),)
CUDA_SRC := $(sort $(wildcard lib/nn/cuda/*.cu))
# Where to look for libraries that the system's loader does not find.
CUDA_LIB_DIRS := $(CUDA_LIB):$(patsubst %/include,%/lib,$(CUDNN_INC)):$(CUDA_HOME)/../nccl/lib
CUDA_CFLAGS := $(addprefix -isystem ,$(CUDA_HOME)/include \
	$(filter-out /usr/include,$(CUDNN_INC))) \
	-DCUDA_LIB_DIRS=\"$(CUDA_LIB_DIRS)\"
CUDA_LIBS := -L$(CUDA_LIB) -lcudart_static -lstdc++ -ldl -lrt
# A kernel for each architecture, and the source of the newest for those to
# come.
FMAD := true
NVCC_FLAGS = -std=c++17 -O3 -Ilib \
	$(foreach a,$(CUDA_ARCH),-gencode arch=compute_$a$(comma)code=sm_$a) \
	-gencode arch=compute_$(lastword $(CUDA_ARCH))$(comma)code=compute_$(lastword $(CUDA_ARCH)) \
	--fmad=$(FMAD) -Xfatbin -compress-all -Werror all-warnings -Xptxas -v \
	-Xcompiler -Wall$(comma)-Wextra

$(B)/lib/nn/cuda/%.o: ALL_CFLAGS += $(CUDA_CFLAGS)
# Overlaps must tie as the host's do.
$(B)/lib/nn/cuda/match.o: FMAD := false

# What ptxas says of each kernel stays beside the object. A kernel that spills
# registers, or keeps an array in memory, is refused; but the slow path of a
# division or a root is a call, around which a register or two are saved.
SPILLED := (1[7-9]|[2-9][0-9]|[0-9]{3,}) bytes (stack frame|spill)
$(B)/%.o: %.cu Makefile cuda.mk config.mk
	@mkdir -p $(@D)
	@echo nvcc $<
	@$(NVCC) $(NVCC_FLAGS) -MMD -MF $(@:.o=.d) -c -o $@ $< 2>$(@:.o=.ptxas) || \
		{ cat $(@:.o=.ptxas) >&2; exit 1; }
	@if grep -B1 -E '$(SPILLED)' $(@:.o=.ptxas) >&2; then \
		echo '$<: kernels must not spill' >&2; rm -f $@; exit 1; fi

# Every convolution planned for every card; and how fast a card is.
GPU_PLAN := $(B)/tests/gpu/plan
GPU_SPEED := $(B)/tests/gpu/speed
GPU_OPS := $(addprefix $(B)/tests/op/,op_test update_test resize_test)
$(B)/tests/gpu/%.o: ALL_CFLAGS += $(CUDA_CFLAGS)
$(GPU_PLAN) $(GPU_SPEED): $(B)/tests/gpu/nets.o

# Built with the tests, so that they go with the library.
tests: $(GPU_PLAN) $(GPU_SPEED)

# A folder that runs on a machine that has a card, a driver and nothing else.
gpu-bundle: all $(GPU_PLAN) $(GPU_SPEED) $(GPU_OPS) ## what a bare machine with a card needs, in build/gpu
	BIN="$(BIN)" BUILD="$(B)" tests/gpu/bundle build/gpu

check-gpu: gpu-bundle ## everything that needs a card, and a table of it
	build/gpu/run

check-plans: $(GPU_PLAN) ## every convolution planned by cuDNN for every card
	$<
endif

# One line, when it is new.
$(B)/cuda.found: FORCE
	@mkdir -p $(@D)
	@echo 'CUDA: $(CUDA_SAYS)' | cmp -s - $@ || \
		echo 'CUDA: $(CUDA_SAYS)' | tee $@
FORCE:
