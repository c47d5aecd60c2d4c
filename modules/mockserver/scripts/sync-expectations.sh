# Replaces the expectations on the shared volume when the object in S3 changes; MockServer watches the file.
# It never ends by itself and never takes a working file away: what is wrong is logged once and left alone.
SCRIPT_NAME=sync-expectations
set -u
umask 022

object="s3://$EXPECTATIONS_BUCKET/$EXPECTATIONS_OBJECT"
file="$EXPECTATIONS_DIR/expectations.json"
work="$EXPECTATIONS_DIR/.sync"
seen=$(cat "$EXPECTATIONS_DIR/.loaded-etag" 2>/dev/null)
trouble=''

# In the background, because a shell hears SIGTERM only between commands.
pause() {
  sleep "$1" &
  wait $!
}

# The version that MockServer answers with; fails while it does not answer.
running_version() {
  curl -s -f -m 5 "http://127.0.0.1:$MOCKSERVER_PORT$VERSION_PATH"
}

# ECS stops this container before MockServer, because it depends on it. MockServer cuts requests when it is told to
# stop, and on a Spot interruption the load balancer still sends some: so the end is put off while MockServer answers.
drain() {
  trap '' TERM INT
  left=$DRAIN_SECONDS
  while [ "$left" -gt 0 ] && running_version >/dev/null; do
    sleep 1
    left=$((left - 1))
  done
  exit 0
}
trap drain TERM INT

# Logs a trouble with S3 when it begins, not at every attempt.
in_trouble() {
  [ "$trouble" = "$1" ] || log "cannot read $object, keeping the last good version: $1"
  trouble=$1
}

# Whether MockServer answers with a version before the time is up.
is_taken() {
  left=$TAKE_SECONDS
  while [ "$(running_version)" != "$1" ]; do
    [ "$left" -gt 0 ] || return 1
    pause 1
    left=$((left - 1))
  done
}

# Gives MockServer a version; a file that it refuses is replaced by the last good one.
hand_over() {
  cp "$file" "$work/good" && mv "$work/numbered" "$file" || return 1
  if is_taken "$1"; then
    log "took version $1"
  else
    mv "$work/good" "$file"
    log "MockServer refused version $1 of $object, keeping the last good version; new tasks do not start with it"
  fi
}

# No sticky scratch file of an earlier attempt can be in the way.
poll() {
  rm -rf "$work" && mkdir "$work" || return 0
  if ! etag=$(aws s3api head-object --bucket "$EXPECTATIONS_BUCKET" --key "$EXPECTATIONS_OBJECT" \
    --query ETag --output text 2>"$work/errors"); then
    in_trouble "$(first_line "$work/errors")"
    return 0
  fi
  if [ "$etag" != "$seen" ]; then
    # The condition keeps content and ETag together when another upload comes in between.
    if ! aws s3api get-object --bucket "$EXPECTATIONS_BUCKET" --key "$EXPECTATIONS_OBJECT" \
      --if-match "$etag" "$work/candidate" >/dev/null 2>"$work/errors"; then
      in_trouble "$(first_line "$work/errors")"
      return 0
    fi
    fault=$(expectations_fault "$work/candidate")
    if [ -z "$fault" ] && ! write_for_mockserver "$work/candidate" "$etag" "$work/numbered" 2>/dev/null; then
      fault='jq cannot number the expectations'
    fi
    if [ -n "$fault" ]; then
      log "refused version $etag of $object, keeping the last good version: $fault"
    elif ! hand_over "$etag"; then
      log "cannot replace $file"
      return 0
    fi
    seen=$etag
  fi
  [ -z "$trouble" ] || log "can read $object again"
  trouble=''
}

# What comes before MockServer has loaded its first file must not replace that file.
until running_version >/dev/null; do pause 1; done
while :; do
  pause "$EXPECTATIONS_POLL_SECONDS"
  poll
done
