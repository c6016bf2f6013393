# From labelled photographs to new garments, every stage from the one before:
#
#	make -f pipelines/deepstyle.mk DEEPFASHION=DIR OUT=DIR [KNOB=VALUE]...
#
#	annotations  the data set as COCO files               df2coco
#	detector     where garments are                       rcnn-train
#	eval         how well it finds them                   coco-eval
#	detections   the garments on all photographs          rcnn-detect
#	crops        cut out, one class                       bbcrop
#	generator    what such garments look like             dcgan-train
#	samples      new ones, one by one and on a sheet      dcgan-sample
#	lookbook     all of it on a page                      bbdraw, lookbook
#
# These are targets too: "make ... crops" ends there. Interrupt it whenever you
# like, and say the same again: what is made stays, training goes on from its
# last checkpoint and detection from its last thousand photographs. When a
# file or a knob has changed, what follows from it is made again, and nothing
# else; a model that is replaced is kept for once as detector.old or
# generator.old. Nothing is written outside of OUT.
#
# The programs themselves are no prerequisites: a newly built one would throw
# hours of training away. Remove OUT, or a part of it, to begin afresh.

HERE := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

# ---- knobs ----

DEEPFASHION ?=
OUT ?= out
# The folder of the programs: the tree's, or when installed those on the PATH.
BIN ?= $(wildcard $(HERE)../bin)

# The photographs' names in COCO files begin in IMAGES; garments are looked for
# on all below PHOTOS, which may be any others.
IMAGES ?= $(DEEPFASHION)$(if $(wildcard $(DEEPFASHION)/Img/img),/Img)
PHOTOS ?= $(IMAGES)/img

# DeepFashion tells one box a photograph. Every garment beside it is taught to
# be background, and in the evaluation finding it counts as a mistake. So where
# there are files with every garment boxed, those are used instead (dfsynth
# writes them; so may you).
COCO_TRAIN ?= $(or $(wildcard $(DEEPFASHION)/coco_train.json),$(OUT)/train.json)
COCO_VAL ?= $(or $(wildcard $(DEEPFASHION)/coco_val.json),$(OUT)/val.json)

# The detector: Detectron's configuration, and KEY VALUE pairs that override it.
CFG ?= $(HERE)conf/small.yaml
TRAIN_KEYS ?=
DETECT_FLAGS ?=
# Boxes of at least this score are looked at further.
SCORE ?= 0.5

# Crops: a category, from this score on, and more options of bbcrop. They have
# the generator's proportions: what does not fit would be cut off.
CLASS ?= full
CROP_SCORE ?= 0.7
CROP_FLAGS ?= --best --aspect $(subst x,:,$(GAN_SIZE))

# The generator. GAN_PRESET=pytorch GAN_SIZE=64x64 is the DCGAN of old.
GAN_PRESET ?= garment
GAN_SIZE ?= 64x96
GAN_BATCH ?= 64
GAN_IMAGES ?= 500000
GAN_FLAGS ?=

# What is drawn, and how much of each stage the page shows.
SAMPLES ?= 48
SHEET ?= 8x8
SEED ?= 1
PAGE ?= 48
TITLE ?= deepstyle

# Quiet: -q.
Q ?=

# ---- machinery ----

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += -r
.SUFFIXES:
.DELETE_ON_ERROR:
# Every program uses all cores by itself.
.NOTPARALLEL:
.DEFAULT_GOAL := all

ifneq ($(MAKECMDGOALS),help)
ifneq ($(words $(DEEPFASHION)) $(words $(OUT)),1 1)
$(error DEEPFASHION=DIR and OUT=DIR name one folder each, without blanks)
endif
ifeq ($(wildcard $(DEEPFASHION)),)
$(error DEEPFASHION: there is no folder '$(DEEPFASHION)')
endif
endif

P := $(if $(BIN),$(abspath $(BIN))/)
say = @$(if $(Q),:,echo "==> $(1)" >&2)
# One bad record is no reason to stop: status 1 says that the rest is done.
# Not for training, where the shell becomes the program (exec): so it gets the
# SIGTERM that make passes on, and saves.
passing = || [ $$? -eq 1 ]
# A file that a command prints appears when it is whole.
into = >$@.part; mv $@.part $@
into_passing = >$@.part || [ $$? -eq 1 ]; mv $@.part $@
# What is the same as before stays as old as it is.
when_new = @if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
# An empty folder for a new run; the last one's model is worth keeping.
define begin
@if compgen -G '$(@D)/*.safetensors' >/dev/null; then \
	rm -rf $(@D).old; mv $(@D) $(@D).old; fi
@rm -rf $(@D); mkdir -p $(@D)
@touch $@
endef

all: eval samples lookbook
annotations: $(COCO_TRAIN) $(COCO_VAL)
detector: $(OUT)/detector/model_final.safetensors
eval: $(OUT)/eval.json
detections: $(OUT)/detections.jsonl
crops: $(OUT)/crops.jsonl
generator: $(OUT)/generator/trained
samples: $(OUT)/samples.jsonl $(OUT)/sheet.jsonl
lookbook: $(OUT)/lookbook.html

help:
	@sed -n '/^$$/q; s/^# \{0,1\}//p' $(firstword $(MAKEFILE_LIST))

# A stage depends on a file that holds its knobs, which is only touched when
# they change.
KNOBS_detector = $(COCO_TRAIN) $(IMAGES) $(CFG) $(TRAIN_KEYS)
KNOBS_eval = $(COCO_VAL) $(DETECT_FLAGS)
KNOBS_detections = $(PHOTOS) $(SCORE) $(DETECT_FLAGS)
KNOBS_crops = $(CLASS) $(CROP_SCORE) $(CROP_FLAGS)
KNOBS_generator = $(GAN_PRESET) $(GAN_SIZE) $(GAN_BATCH) $(GAN_IMAGES) \
	$(GAN_FLAGS)
KNOBS_samples = $(SAMPLES) $(SHEET) $(SEED)
KNOBS_lookbook = $(PAGE) $(TITLE)

STAGES := detector eval detections crops generator samples lookbook
# Through the environment: a knob may hold quotes.
$(STAGES:%=$(OUT)/knobs/%): export KNOBS = $(KNOBS_$*)
$(STAGES:%=$(OUT)/knobs/%): $(OUT)/knobs/%: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$KNOBS" >$@.new
	$(when_new)

# ---- annotations ----

LISTS := $(wildcard $(DEEPFASHION)/Anno*/list_*.txt \
	$(DEEPFASHION)/Eval/list_*.txt)

$(OUT)/train.json $(OUT)/val.json: $(OUT)/%.json: $(LISTS)
	$(call say,annotations: $*)
	@mkdir -p $(@D)
	$(P)df2coco $(Q) -p $* --root $(IMAGES) -o $@ $(DEEPFASHION) $(passing)

# ---- detector ----

# A run begins in an empty folder; while "begun" is newer than what it depends
# on, rcnn-train finds its checkpoints there and goes on.
$(OUT)/detector/begun: $(COCO_TRAIN) $(CFG) $(OUT)/knobs/detector
	$(begin)

DATASETS = --dataset train=$(COCO_TRAIN):$(IMAGES) \
	--dataset val=$(COCO_VAL):$(IMAGES)

# Its metrics are in $(OUT)/detector/metrics.jsonl. The evaluation while it
# trains takes COCO_VAL, but the model does not depend on it.
$(OUT)/detector/model_final.safetensors: $(OUT)/detector/begun | $(COCO_VAL)
	$(call say,detector: rcnn-train with $(CFG))
	exec $(P)rcnn-train $(Q) --cfg $(CFG) $(DATASETS) \
		TRAIN.DATASETS "('train',)" TEST.DATASETS "('val',)" \
		OUTPUT_DIR $(@D) $(TRAIN_KEYS) >/dev/null

MODEL := $(OUT)/detector/model_final.safetensors

# ---- evaluation ----

# COCO's figures are over all scores: 0.05 is where Detectron cuts.
$(OUT)/results.json: $(MODEL) $(COCO_VAL) $(OUT)/knobs/eval
	$(call say,evaluation)
	$(P)rcnn-detect $(Q) -w $(MODEL) -t 0.05 --root $(IMAGES) \
		--results $(COCO_VAL) $(DETECT_FLAGS) $(into_passing)

$(OUT)/eval.json: $(OUT)/results.json $(COCO_VAL)
	$(if $(Q),,@$(P)coco-eval --per-class $(COCO_VAL) $< >&2)
	$(P)coco-eval --json --per-class $(COCO_VAL) $< $(into)

# ---- detections ----

# Time, size and name of every photograph: a new list only when one of them
# came, went or changed.
$(OUT)/photos.txt: FORCE
	@mkdir -p $(@D)
	@find -L $(PHOTOS) -type f \( -iname '*.jpg' -o -iname '*.jpeg' \
		-o -iname '*.png' \) -printf '%T@ %s %p\n' | \
		LC_ALL=C sort -k 3 >$@.new
	@[ -s $@.new ] || { echo "no photographs in $(PHOTOS)" >&2; exit 66; }
	$(when_new)

# A thousand photographs at a time, so that an interruption costs no more.
$(OUT)/detections/begun: $(OUT)/photos.txt $(MODEL) $(OUT)/knobs/detections
	@rm -rf $(@D) && mkdir $(@D)
	@cut -d ' ' -f 3- $< | split -l 1000 -d -a 6 - $(@D)/photos.
	@touch $@

$(OUT)/detections.jsonl: $(OUT)/detections/begun
	$(call say,detections: $$(wc -l <$(OUT)/photos.txt) photographs)
	@for part in $(<D)/photos.*; do \
		found=$(<D)/found.$${part##*.}; \
		[ ! -e "$$found" ] || continue; \
		rm -f $(<D)/part; \
		$(P)rcnn-detect $(Q) -w $(MODEL) -t $(SCORE) $(DETECT_FLAGS) \
			"$$part" >$(<D)/part $(passing); \
		mv $(<D)/part "$$found"; \
	done
	@cat $(<D)/found.* $(into)

# ---- crops ----

$(OUT)/crops.jsonl: $(OUT)/detections.jsonl $(OUT)/knobs/crops
	$(call say,crops of class $(CLASS))
	@rm -rf $(OUT)/crops
	$(P)bbcrop $(Q) -c $(CLASS) -t $(CROP_SCORE) $(CROP_FLAGS) \
		-o $(OUT)/crops $< $(into_passing)

# ---- generator ----

$(OUT)/generator/begun: $(OUT)/crops.jsonl $(OUT)/knobs/generator
	$(begin)

# The model is a checkpoint until training has ended, which "trained" tells.
$(OUT)/generator/trained: $(OUT)/generator/begun
	$(call say,generator: dcgan-train with $$(wc -l <$(OUT)/crops.jsonl) crops)
	exec $(P)dcgan-train $(Q) --preset $(GAN_PRESET) --size $(GAN_SIZE) \
		--batch $(GAN_BATCH) --images $(GAN_IMAGES) $(GAN_FLAGS) \
		--resume -o $(@D) $(OUT)/crops.jsonl >/dev/null
	@touch $@

# ---- samples ----

SAMPLE = $(P)dcgan-sample $(Q) -w $(OUT)/generator/model.safetensors \
	--seed $(SEED)

$(OUT)/samples.jsonl: $(OUT)/generator/trained $(OUT)/knobs/samples
	$(call say,samples)
	@rm -rf $(OUT)/samples
	$(SAMPLE) -n $(SAMPLES) -o $(OUT)/samples $(into)

$(OUT)/sheet.jsonl: $(OUT)/generator/trained $(OUT)/knobs/samples
	@rm -rf $(OUT)/sheet
	$(SAMPLE) --sheet $(SHEET) -o $(OUT)/sheet $(into)

# ---- page ----

# As many lines of a file as the page shows, taken evenly from all of it.
few = awk -v n=$(PAGE) -v all="$$(wc -l <$(1))" \
	'int(NR * n / all) > int((NR - 1) * n / all)' $(1)

# The photographs themselves, copies of them with the boxes drawn, crops, new
# garments.
$(OUT)/page.jsonl: $(OUT)/crops.jsonl $(OUT)/samples.jsonl $(OUT)/sheet.jsonl \
	$(OUT)/knobs/lookbook
	$(call say,lookbook)
	@rm -rf $(OUT)/drawn
	@{ \
		cat $(OUT)/sheet.jsonl; \
		$(call few,$(OUT)/samples.jsonl); \
		$(call few,$(OUT)/crops.jsonl); \
		$(call few,$(OUT)/detections.jsonl) | \
			$(P)bbdraw $(Q) -o $(OUT)/drawn $(passing); \
		cut -d ' ' -f 3- $(OUT)/photos.txt >$(OUT)/photos.part; \
		$(call few,$(OUT)/photos.part); \
		rm $(OUT)/photos.part; \
	} $(into)

$(OUT)/lookbook.html: $(OUT)/page.jsonl
	$(P)lookbook $(Q) --title '$(TITLE)' -o $@ $< $(passing)

FORCE:
.PHONY: all annotations detector eval detections crops generator samples \
	lookbook help FORCE
