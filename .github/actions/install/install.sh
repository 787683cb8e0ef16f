#!/usr/bin/env bash
# Puts permtest on the path of a job. What it needs to know is in the environment: VERSION and FROM as the action's inputs have
# them, REPOSITORY and REF of the action itself, and what every runner sets.
set -euo pipefail

refuse() {
    echo "::error title=permtest::$1"
    exit 1
}

case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) refuse "there is no release for $RUNNER_OS on $RUNNER_ARCH" ;;
esac
version=${VERSION:-${REF#v}}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+ ]] || refuse "say which version, such as 0.1.0, or use the action by a tag such as v0.1.0"
name="permtest-$version-$target"
from=${FROM:-https://github.com/$REPOSITORY/releases/download/v$version}

room="$RUNNER_TEMP/permtest"
mkdir -p "$room"
for file in "$name.tar.gz" "$name.tar.gz.sha256"; do
    if [ -d "$from" ]; then
        cp "$from/$file" "$room"
    else
        curl --fail --silent --show-error --location --retry 3 --output "$room/$file" "$from/$file" ||
            refuse "cannot fetch $from/$file"
    fi
done
cd "$room"
if command -v sha256sum >/dev/null; then check=(sha256sum); else check=(shasum -a 256); fi
"${check[@]}" --check --status "$name.tar.gz.sha256" || refuse "the checksum of $name.tar.gz is wrong"
tar -xzf "$name.tar.gz"
folder="$room/$name"
"$folder/permtest" --version
if [ "$RUNNER_OS" = Windows ]; then folder=$(cygpath -w "$folder"); fi
echo "$folder" >>"$GITHUB_PATH"
