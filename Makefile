# make demo   a page to label at, from nothing         make test    everything that must hold
# make build  the release binary                       make lint    the formatter's verdict
# make bench  the benchmarks                           make clean   removes what was built and the demo's data
# make asan   memory errors and leaks                  make tsan    races in the HTTP server
# make attack  attack tools against the release binary, a good client beside them
# make fuzz   every reader on bad inputs for MINUTES=10, under the address sanitizer
# make bench-page  the labelling page in a browser: key to next item, first item, bytes
# make bench-load  200 annotators on pools of 10,000 to 1,000,000 items while rounds train
# make bench-peers  Winnow beside other libraries: speed, and accuracy per label
# make results  the field's published results, reproduced, each also alone: make results-digits, and see docs/results
RESULTS := digits mnist-uncertainty ensembles outliers augmentation curriculum distillation pruning batchbald
.PHONY: asan tsan attack fuzz demo test build lint bench bench-load bench-page bench-peers clean setup help results $(RESULTS:%=results-%)

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

asan:
	@Scripts/test-sanitized.sh address

tsan:
	@Scripts/test-sanitized.sh thread

attack: build
	@python3 Tests/Security/attack.py

# All readers side by side, each for MINUTES.
fuzz:
	@WINNOW_FUZZ_SECONDS=$$(($(or $(MINUTES),10) * 60)) WINNOW_FUZZ_SEED=$(or $(SEED),$$RANDOM) \
	  Scripts/test-sanitized.sh address FuzzTests

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

bench: build
	@Benchmarks/run

bench-page: build
	@Benchmarks/page

bench-load: build
	@Benchmarks/run load --json .build/benchmarks/load.json --markdown Benchmarks/LOAD.md

bench-peers: build
	@WINNOW=.build/release/winnow Benchmarks/peers/run

results: $(RESULTS:%=results-%)

$(RESULTS:%=results-%): results-%: build
	.build/release/winnow experiment $*

clean:
	rm -rf .build .venv-tests .venv-peers demo-data
