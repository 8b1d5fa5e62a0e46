# run: build, grade both lessons.  test: everything that is checked.  lint: source format.
# YES=1 answers the question about installing packages.

PACKAGES := liblua5.4-dev nasm libzydis-dev libxxhash-dev libmd-dev binutils pkg-config
STATIC := .build/static
TRAPLAB := $(STATIC)/release/traplab
TESTED := .build/release/traplab
LESSONS := 01-nmi/nmi-storm 02-page-faults/pf-read-only

.PHONY: run build test lint tools clean

run: build
	@for lesson in $(LESSONS); do \
	    echo; echo "== $$(basename $$lesson): the starter, before any work"; \
	    $(TRAPLAB) grade "lessons/$$lesson" --submission "lessons/$$lesson/starter"; \
	    [ $$? -eq 1 ] || { echo "the starter should have failed with status 1"; exit 1; }; \
	    echo; echo "== $$(basename $$lesson): the solution"; \
	    $(TRAPLAB) grade "lessons/$$lesson" --submission "lessons/$$lesson/solution" || exit $$?; \
	done
	@echo; echo "Begin with: $(TRAPLAB) start nmi-storm"

build: tools
	swift build -c release --static-swift-stdlib --scratch-path $(STATIC) --product traplab

test: tools
	swift build -c release --build-tests
	swift test -c release --skip-build
	$(TESTED) doctor
	$(TESTED) lesson check

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

clean:
	rm -rf .build

# The packages are Debian's; on another system install the same things and make will find them.
tools:
	@command -v swift >/dev/null || { \
	    echo "Swift 6.3 is needed: https://www.swift.org/install/linux/"; exit 1; }
	@command -v dpkg-query >/dev/null || exit 0; \
	missing=; \
	for package in $(PACKAGES); do \
	    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	[ -n "$$missing" ] || exit 0; \
	echo "These packages are missing:$$missing"; \
	if [ "$$(id -u)" -eq 0 ]; then as_root=; \
	elif [ -n "$(YES)" ]; then as_root="sudo -n"; \
	else \
	    printf 'Install them with sudo apt-get? [y/N] '; read -r answer; \
	    case "$$answer" in y*|Y*) as_root=sudo ;; *) echo "apt-get install$$missing"; exit 1 ;; esac; \
	fi; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$as_root apt-get install -y --no-install-recommends $$missing || { \
	    $$as_root apt-get update && $$as_root apt-get install -y --no-install-recommends $$missing; }
