#!/bin/bash
# Arms the two ends of an admin box that need nobody else. No package is installed: that would cost the first minute.
set -uo pipefail

# The hard stop comes first. The check below moves it when the box is extended.
shutdown -P +240

cat >/usr/local/sbin/automock-admin-check <<'CHECK'
#!/bin/bash
# Shuts the box down when its heartbeat is too old, its expiry has passed, or anything about them cannot be read.
set -uo pipefail
metadata=${METADATA:-http://169.254.169.254}
shutdown=${SHUTDOWN:-shutdown}
state=${STATE:-/run/automock-admin-stop}
boot=${BOOT:-$(awk '/^btime /{print $2}' /proc/stat)}
now=${NOW:-$(date +%s)}
max_hours=12

end() {
  [[ -z ${BOOTING:-} ]] || exit 0
  logger -t automock-admin "shutting down: $1" 2>/dev/null
  "$shutdown" -P now
  exit 0
}
get() { curl -sf --max-time 3 --retry 3 --retry-delay 1 --retry-all-errors "$@"; }
tag() { get -H "X-aws-ec2-metadata-token: $token" "$metadata/latest/meta-data/tags/instance/$1"; }

token=$(get -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" "$metadata/latest/api/token") || end "no metadata"
alive=$(tag AutomockAliveUntil) || end "no heartbeat tag"
expires=$(tag AutomockExpiresAt) || end "no expiry tag"
[[ "$alive $expires $boot" =~ ^[0-9]{1,12}\ [0-9]{1,12}\ [0-9]{1,12}$ ]] || end "unreadable tags"
((now < 10#$alive)) || end "no heartbeat"
((now < 10#$expires)) || end "expired"

stop=$((boot + max_hours * 3600))
((10#$expires < stop)) && stop=$((10#$expires))
((now < stop)) || end "maximum reached"
if [[ "$(cat "$state" 2>/dev/null)" != "$stop" ]]; then
  "$shutdown" -P "+$(((stop - now + 59) / 60))" || end "no timer"
  echo "$stop" >"$state" || end "no state"
fi
CHECK
chmod 0755 /usr/local/sbin/automock-admin-check
# Once at boot, so that the timer follows the expiry even if the check never runs again. It ends nothing yet.
BOOTING=1 /usr/local/sbin/automock-admin-check

cat >/etc/systemd/system/automock-admin-check.service <<'UNIT'
[Unit]
Description=Ends this admin box when it is not used any more
FailureAction=poweroff
[Service]
Type=oneshot
TimeoutStartSec=50
ExecStart=/usr/local/sbin/automock-admin-check
UNIT
cat >/etc/systemd/system/automock-admin-check.timer <<'UNIT'
[Timer]
OnActiveSec=30
OnUnitActiveSec=60
AccuracySec=1
UNIT
systemctl daemon-reload && systemctl start automock-admin-check.timer || shutdown -P now
