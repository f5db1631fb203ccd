# make demo   a page to label at, from nothing         make test    everything that must hold
# make build  the release binary                       make lint    the formatter's verdict
# make bench  the benchmarks                           make clean   removes what was built and the demo's data
# make bench-page  the labelling page in a browser: key to next item, first item, bytes
# make bench-load  200 annotators on pools of 10,000 to 1,000,000 items while rounds train
# make bench-peers  Winnow beside other libraries: speed, and accuracy per label
# make results  the field's published results, reproduced, each also alone: make results-digits, and see docs/results
RESULTS := digits mnist-uncertainty ensembles outliers augmentation curriculum distillation pruning batchbald
.PHONY: demo test build lint bench bench-load bench-page bench-peers clean setup help results $(RESULTS:%=results-%)

help:
	@sed -n 's/^# //p' Makefile

setup:
	@Scripts/setup-debian.sh

build: setup
	swift build -c release --product winnow

demo: build
	@Scripts/demo.sh

test:
	@Scripts/setup-debian.sh tests
	@Scripts/test.sh

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

bench: build
	@Benchmarks/run

bench-page: build
	@Benchmarks/page

bench-load: build
	@Benchmarks/run load --json .build/benchmarks/load.json --markdown .build/benchmarks/load.md

bench-peers: build
	@WINNOW=.build/release/winnow Benchmarks/peers/run

results: $(RESULTS:%=results-%)

$(RESULTS:%=results-%): results-%: build
	.build/release/winnow experiment $*

clean:
	rm -rf .build .venv-tests .venv-peers demo-data
