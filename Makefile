# The commands of the README. Everything is built in build/; packages that are missing are installed by name.
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
JOBS    ?= $(shell nproc)
# Most tests of the built program wait more than they reckon.
TESTERS ?= $(shell expr $(JOBS) + 1)
# Where systemd looks for units beside that prefix.
UNITDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),$(PREFIX)/lib/systemd/system,/etc/systemd/system)
# Of `make run`: the site, who you are, and any further options of `decorum crawl` (or, of `make bench`, its own).
URL     ?=
CONTACT ?=
ARGS    ?=
# unit: without the tests of the built program.
TESTS   ?= all

.DEFAULT_GOAL := build
.PHONY: build run test sim chaos bench install asan tsan lint clean

comma   := ,
compile = cmake -S . -B $(1) -G Ninja $(2) && ninja -j$(JOBS) -C $(1) $(3)
ctest   = ctest --test-dir $(1) --output-on-failure --no-tests=error -j$(TESTERS) $(if $(filter unit,$(TESTS)),-E '^test_')

build:
	@.ci/packages build
	$(call compile,$(BUILD),,decorum madeupweb)

run: build
ifeq ($(URL),)
	@.ci/demo $(BUILD) $(ARGS)
else
	$(BUILD)/decorum crawl '$(URL)' $(if $(CONTACT),--contact '$(CONTACT)') $(ARGS)
endif

test:
	@.ci/packages test
	$(call compile,$(BUILD))
	$(call ctest,$(BUILD))

# Those of the tests that sanitizers have to watch: for addresses and undefined behaviour, then for threads.
watched = -DDECORUM_SANITIZE=$(1)
asan:
	@.ci/packages test
	$(call compile,$(BUILD)-asan,$(call watched,address$(comma)undefined))
	$(call ctest,$(BUILD)-asan)

tsan:
	@.ci/packages test
	$(call compile,$(BUILD)-tsan,$(call watched,thread))
	TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp $(call ctest,$(BUILD)-tsan)

# Two hundred days of made-up time, with every kind of fault; the tests live twenty of them.
sim:
	@.ci/packages test
	$(call compile,$(BUILD),,sim_test)
	DECORUM_SIM_SEEDS=200 $(BUILD)/tests/sim_test --gtest_brief=1

# Crawls that are killed 300 times, daemon or Redis or both; the tests do it 20 times. DECORUM_CHAOS_SEED repeats one.
chaos: build
	DECORUM_CHAOS_KILLS=300 python3 -B tests/integration/test_chaos.py . $(BUILD)

# What a page costs: CPU, memory and pages per second, as a table; and what single steps cost.
bench: build
	$(call compile,$(BUILD),-DDECORUM_BENCH=ON,bench/all)
	$(BUILD)/bench/robots_match
	$(BUILD)/bench/scheduler_cost
	$(BUILD)/bench/html_cost
	python3 -B bench/frontier.py $(BUILD)
	python3 -B bench/politeness.py $(BUILD)
	python3 -B bench/long_pages.py $(BUILD)
	python3 -B bench/crawl.py $(BUILD) $(ARGS)

lint:
	@.ci/packages test
	clang-format --dry-run -Werror $$(git ls-files '*.cc' '*.h')
	python3 -B tests/architecture/test_layering.py . $(BUILD)

install: build
	install -D -m 755 $(BUILD)/decorum $(DESTDIR)$(PREFIX)/bin/decorum
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)/etc/decorum
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' systemd/decorum.service > $(DESTDIR)$(UNITDIR)/decorum.service
	chmod 644 $(DESTDIR)$(UNITDIR)/decorum.service
	[ -e $(DESTDIR)/etc/decorum/config.toml ] || install -m 644 config.toml $(DESTDIR)/etc/decorum/config.toml
	[ -n "$(DESTDIR)" ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload

clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-tsan
