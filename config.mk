# Where things go and what they are built with. Override on the command line
# or in config.local.mk, which git does not track.
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/deepstyle
# Programs look for it from where they are.
PLUGINDIR = $(BINDIR)/../lib/deepstyle
VERSION := 0.1.0

# Variants, each with objects of its own under build/:
#   SAN=address,undefined   sanitizers       COV=1   coverage
#   DEV=1                   warnings are errors
#   CUDA=auto|0|1           the CUDA backend: found, left out, demanded
#   DNNL=DIR                another oneDNN, 2 or 3, than the system's
#   MPI=auto|0|1            the plug-in for mpirun, by MPICC: as CUDA
CUDA ?= auto
# The cards that kernels are compiled for, by compute capability; newer ones
# compile them from PTX when they start.
CUDA_ARCH ?= 80 86 89 90 100 120
PYTHON ?= python3
MPI ?= auto
MPICC ?= mpicc
DNNL ?=
SAN ?=
COV ?=
DEV ?=

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++

endif
# The machine that builds is the machine that runs, unless ARCH says otherwise.
ARCH ?= native
