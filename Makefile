# make demo   a page to label at, from nothing         make test    everything that must hold
# make build  the release binary                       make lint    the formatter's verdict
# make bench  the benchmarks                           make clean   removes what was built and the demo's data
.PHONY: demo test build lint bench clean setup help

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

clean:
	rm -rf .build .venv-tests demo-data
