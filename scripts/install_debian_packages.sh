#!/usr/bin/env bash
# Install what the tests need from Debian or Ubuntu: a browser to look at the map in, a font that has
# its Chinese characters, PostGIS to compare figures with, LibreOffice to print papers, and what
# reads the printed pages. Other packages can be named instead.
#
#   scripts/install_debian_packages.sh [PACKAGE ...]
#
# What is there is left alone. Where nothing may be installed, the script says so and goes on;
# with CI=true it fails, because there a test that is passed over would be taken for a pass.
set -euo pipefail

is_there() {
  case "$1" in
    chromium)
      command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    fonts-noto-cjk)
      command -v fc-list && [ -n "$(fc-list :lang=zh family)" ] ;;
    postgresql-postgis)
      # The release that has the extension must have the server, too.
      local control release
      for control in /usr/share/postgresql/*/extension/postgis.control; do
        release="${control%/extension/*}"
        [ -x "/usr/lib/postgresql/${release##*/}/bin/initdb" ] && return
      done
      return 1 ;;
    poppler-utils)
      command -v pdftotext ;;
    *)
      [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
  esac >/dev/null 2>&1
}

give_up() {
  {
    printf '\n%s\n' '*****************************************************************'
    printf '  MISSING: %s\n' "${missing[*]}"
    printf '  %s\n' "$1" "The tests that need it cannot run. Install it, then try again."
    printf '%s\n\n' '*****************************************************************'
  } >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
}

wanted=("$@")
[ "$#" -gt 0 ] || wanted=(chromium fonts-noto-cjk postgresql-postgis
  libreoffice-writer libreoffice-calc poppler-utils)
missing=()
for package in "${wanted[@]}"; do
  is_there "$package" || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

command -v apt-get >/dev/null || give_up "There is no apt-get here."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2>/dev/null || give_up "Installing needs root, or sudo without a password."
  as_root=(sudo -n)
fi
printf 'Installing %s\n' "${missing[*]}"
"${as_root[@]}" apt-get update -qq || give_up "apt-get update failed."
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends -qq "${missing[@]}" ||
  give_up "apt-get install failed."
