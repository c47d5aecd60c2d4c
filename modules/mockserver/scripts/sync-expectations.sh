# Replaces the expectations on the shared volume when the object in S3 changes; MockServer watches the file.
# It never ends by itself and never takes a working file away: what is wrong is logged once and left alone.
SCRIPT_NAME=sync-expectations
set -u
umask 022
trap 'exit 0' TERM INT

object="s3://$EXPECTATIONS_BUCKET/$EXPECTATIONS_OBJECT"
work="$EXPECTATIONS_DIR/.sync"
seen=$(cat "$EXPECTATIONS_DIR/.loaded-etag" 2>/dev/null)
trouble=''

# Logs a trouble with S3 when it begins, not at every attempt.
in_trouble() {
  [ "$trouble" = "$1" ] || log "cannot read $object, keeping the last good version: $1"
  trouble=$1
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
    if [ -n "$fault" ]; then
      log "refused version $etag of $object, keeping the last good version: $fault"
    elif mv "$work/candidate" "$EXPECTATIONS_DIR/expectations.json"; then
      log "took version $etag"
    else
      log "cannot replace $EXPECTATIONS_DIR/expectations.json"
      return 0
    fi
    seen=$etag
  fi
  [ -z "$trouble" ] || log "can read $object again"
  trouble=''
}

while :; do
  # In the background, because a shell hears SIGTERM only between commands.
  sleep "$EXPECTATIONS_POLL_SECONDS" &
  wait $!
  poll
done
