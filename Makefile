# What a person types. Each target sets up what it needs; see README.md.

BUILD_PACKAGES := clang cmake g++ libasound2-dev libclang-dev libvpx-dev nasm pkg-config
WINDOW_PACKAGES := libegl1 libgl1 libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0
TEST_PACKAGES := chromium iproute2 libegl1 mesa-vulkan-drivers xauth xvfb

# One feature set and one profile for everything that is tested, so that nothing is compiled twice.
TESTED := --workspace --features parlor/e2e

# Where `make install` puts things: by default for you alone.
PREFIX ?= $(HOME)/.local

.PHONY: install run host test check build e2e bench bench-server autobahn deb packages test-packages

## run: open the app
run: packages
	cargo build --release -p parlor
	target/release/parlor

## install: put the app into your menu, and let it open parlor:// links (PREFIX=/usr/local for everybody)
install: packages
	cargo build --release -p parlor
	install -Dm755 target/release/parlor $(DESTDIR)$(PREFIX)/bin/parlor
	install -Dm644 assets/parlor.svg $(DESTDIR)$(PREFIX)/share/icons/hicolor/scalable/apps/parlor.svg
	install -d $(DESTDIR)$(PREFIX)/share/applications
	sed 's|^Exec=parlor|Exec=$(PREFIX)/bin/parlor|' assets/parlor.desktop >$(DESTDIR)$(PREFIX)/share/applications/parlor.desktop
	-update-desktop-database $(DESTDIR)$(PREFIX)/share/applications

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

## bench: measure calls of 2, 3, 4 and 6 on this machine, and the server against socket.io
bench: packages bench-server
	cargo build --release -p parlor -p parlor-server
	cargo run --release -p parlor-tests --example mesh

## bench-server: only the server against socket.io
bench-server: packages
	tests/bench/run.sh

## autobahn: the websocket test-suite against the server
autobahn: packages
	tests/autobahn/run.sh

## deb: the Debian package of the server, in target/debian
deb: packages
	command -v cargo-deb >/dev/null || cargo install --locked cargo-deb
	cargo deb -p parlor-server

packages:
	@assets/packages.sh $(BUILD_PACKAGES) $(WINDOW_PACKAGES)

test-packages:
	@assets/packages.sh $(BUILD_PACKAGES) $(WINDOW_PACKAGES) $(TEST_PACKAGES)
