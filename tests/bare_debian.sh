#!/bin/sh
# Proves that the package list is complete: a bare Debian 12 (debootstrap) with git and make builds, runs and tests this
# checkout. As root; takes a mirror and some GB in the folder given. bare_debian.sh FOLDER [TARGET...]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 FOLDER [TARGET...]" >&2; exit 2; }
folder=$1
shift
[ $# -gt 0 ] || set -- run test
source=$(cd "$(dirname "$0")/.." && pwd)
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)}  # where this machine gets its packages

[ -e "$folder/etc/debian_version" ] || debootstrap --variant=minbase --include=git,make,ca-certificates bookworm "$folder" "$mirror"
# The machine's way to the mirror: names, proxies and certificates.
cp /etc/resolv.conf /etc/hosts "$folder/etc/"
for file in /etc/apt/sources.list /etc/apt/apt.conf.d/*proxy*; do
  [ ! -e "$file" ] || cp "$file" "$folder$file"
done
# No service may start in there.
printf '#!/bin/sh\nexit 101\n' > "$folder/usr/sbin/policy-rc.d"
chmod +x "$folder/usr/sbin/policy-rc.d"
rm -rf "$folder/srv/decorum"
git clone -q "$source" "$folder/srv/decorum"

# In a mount namespace of its own, so that nothing stays mounted whatever happens.
unshare -m sh -euc '
  mount --make-rprivate /
  mount -t proc proc "$0/proc"
  mount -t sysfs -o ro sysfs "$0/sys"
  mount --bind /dev "$0/dev"
  exec chroot "$0" env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    make -C /srv/decorum "$@"
' "$folder" "$@"
