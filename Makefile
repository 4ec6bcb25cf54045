# What a person types. Each target sets up what it needs; see README.md.

BUILD_PACKAGES := clang cmake g++ libasound2-dev libclang-dev libegl-dev libgbm-dev libpipewire-0.3-dev libvpx-dev libwayland-dev libxcb1-dev libxrandr-dev nasm pkg-config
WINDOW_PACKAGES := libegl1 libgl1 libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0
TEST_PACKAGES := appstream at-spi2-core chromium dbus desktop-file-utils ffmpeg fonts-dejavu-core gir1.2-atspi-2.0 iproute2 libegl1 mesa-vulkan-drivers python3-pyatspi tesseract-ocr xauth xterm xvfb

# One feature set and one profile for everything that is tested, so that nothing is compiled twice.
TESTED := --workspace --features parlor/e2e

# Where `make install` puts things: by default for you alone.
PREFIX ?= $(HOME)/.local
SHARED := $(DESTDIR)$(PREFIX)/share
# Where the programs were built, and where what they make of themselves goes.
PROGRAMS ?= target/release
DIST ?= dist
# Where the trial of bad networks keeps what scores speech, and the speech that it sends.
SCORING := target/scoring
SPOKEN := target/speech.wav
SPEECH ?= $(SPOKEN)
ICON_SIZES := 16 22 24 32 48 64 128 256 512

.PHONY: install dist release run host test check build e2e bench bench-mesh bench-server bench-window bench-browsers bench-impairment screenshots autobahn deb licences icons packages test-packages

## run: open the app
run: packages
	cargo build --release -p parlor
	target/release/parlor

## install: put the app into your menu, and let it open parlor:// links (PREFIX=/usr/local for everybody)
install: packages release dist
	install -Dm755 $(PROGRAMS)/parlor $(DESTDIR)$(PREFIX)/bin/parlor
	install -Dm644 assets/parlor.svg $(SHARED)/icons/hicolor/scalable/apps/parlor.svg
	for size in $(ICON_SIZES); do \
		install -Dm644 assets/icons/$$size.png $(SHARED)/icons/hicolor/$${size}x$$size/apps/parlor.png || exit; \
	done
	install -d $(SHARED)/applications
	sed 's|^Exec=parlor|Exec=$(PREFIX)/bin/parlor|' assets/parlor.desktop >$(SHARED)/applications/parlor.desktop
	install -Dm644 assets/parlor.metainfo.xml $(SHARED)/metainfo/parlor.metainfo.xml
	install -Dm644 -t $(SHARED)/man/man1 $(DIST)/man/*
	install -Dm644 $(DIST)/parlor.bash $(SHARED)/bash-completion/completions/parlor
	install -Dm644 $(DIST)/_parlor $(SHARED)/zsh/site-functions/_parlor
	install -Dm644 $(DIST)/parlor.fish $(SHARED)/fish/vendor_completions.d/parlor.fish
	-test -n "$(DESTDIR)" || update-desktop-database $(SHARED)/applications

## dist: manual pages and completions, made by the program itself
dist: release
	rm -rf $(DIST)
	$(PROGRAMS)/parlor man $(DIST)/man
	$(PROGRAMS)/parlor man --server $(DIST)/man-server
	$(PROGRAMS)/parlor completions bash >$(DIST)/parlor.bash
	$(PROGRAMS)/parlor completions zsh >$(DIST)/_parlor
	$(PROGRAMS)/parlor completions fish >$(DIST)/parlor.fish
	$(PROGRAMS)/parlor completions --server bash >$(DIST)/parlor-server.bash

release:
	cargo build --release -p parlor -p parlor-server

## host: run the signaling server alone
host: packages
	cargo run --release -p parlor-server

## test: everything that can be checked
test: test-packages check build
	cargo test $(TESTED)

## check: format and lints
check: packages
	cargo fmt --all --check
	cargo clippy $(TESTED) --all-targets -- -D warnings

## build: the programs as the tests run them
build: packages
	cargo build $(TESTED) --bins

## e2e: only the tests with whole programs
e2e: test-packages build
	cargo test $(TESTED) --test e2e --test browser --test window --test netns

## bench: measure calls of 2 to 8 on this machine, and the server against socket.io
bench: bench-server bench-mesh

## bench-mesh: only the calls (FILM=FILE.y4m for a film in place of one that is drawn)
bench-mesh: packages
	cargo build --release -p parlor -p parlor-server
	cargo run --release -p parlor-tests --example mesh -- $(FILM)

## bench-browsers: calls of 2, 3 and 4 against the same calls between Chromium (FILM as above)
bench-browsers: test-packages
	cargo build --release -p parlor -p parlor-server
	cargo run --release -p parlor-tests --example browsers -- $(FILM)

## bench-impairment: try calls on bad networks, and write docs/performance/impairment.md (FILM as above, SPEECH=FILE.wav)
bench-impairment: packages $(SCORING)/ready $(SPEECH)
	cargo build --release -p parlor -p parlor-server
	cargo run --release -p parlor-tests --example impairment -- --python $(SCORING)/bin/python --speech $(SPEECH) \
		$(if $(FILM),--film $(FILM)) $(ARGUMENTS)

# What scores speech, in an environment of its own.
$(SCORING)/ready: tests/impairment/requirements.txt
	@assets/packages.sh g++ python3-dev python3-venv
	python3 -m venv $(SCORING)
	$(SCORING)/bin/pip install --quiet --requirement $<
	touch $@

# A voice that says what sounds differ in (Harvard sentences, IEEE 297-1969), unless there is a better one.
$(SPOKEN): tests/impairment/speech.txt
	@assets/packages.sh espeak-ng ffmpeg
	mkdir -p $(dir $@)
	espeak-ng -v en-gb -s 150 -f $< --stdout | ffmpeg -v error -y -i - -ar 48000 -ac 1 -sample_fmt s16 $@

## bench-server: only the server against socket.io
bench-server: packages
	tests/bench/run.sh

## bench-window: only the window, in a call of four
bench-window: test-packages
	cargo build --release -p parlor -p parlor-server
	cargo run --release -p parlor-tests --example window

## screenshots: take the pictures of the documentation anew (CAMERA=file:PATH for a film in place of the test picture)
screenshots: test-packages build
	cargo build $(TESTED) --example tour
	target/debug/examples/tour $(CAMERA)

## autobahn: the websocket test-suite against the server
autobahn: packages
	tests/autobahn/run.sh

## deb: the Debian packages of the app and of the server, in target/debian
deb: packages dist
	command -v cargo-deb >/dev/null || cargo install --locked cargo-deb
	cargo deb --no-build -p parlor
	cargo deb --no-build -p parlor-server

## licences: gather the licences of everything that is bundled, after dependencies have changed
licences: packages
	cargo build $(TESTED) --example licences
	target/debug/examples/licences

## icons: draw the icon in every size, after the drawing has changed
icons:
	@assets/packages.sh librsvg2-bin
	assets/icons.py

packages:
	@assets/packages.sh $(BUILD_PACKAGES) $(WINDOW_PACKAGES)

test-packages:
	@assets/packages.sh $(BUILD_PACKAGES) $(WINDOW_PACKAGES) $(TEST_PACKAGES)
