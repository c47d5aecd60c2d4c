# Puts the expectations on the shared volume before MockServer starts. Any fault ends it with an error, and
# the task does not start: better no task than one without mocks.
SCRIPT_NAME=load-expectations
set -eu
umask 022

fail() {
  log "$*"
  exit 1
}

for tool in jq curl; do
  command -v "$tool" >/dev/null || fail "$tool is missing; use the official AWS CLI image, 2.28 or newer"
done

# MockServer and the sync container are not root. They may write here; a sticky bit on the first directory
# would keep them from replacing the file that root puts there.
chmod 0777 "$EXPECTATIONS_DIR"
chmod 1777 "$SCRATCH_DIR"

# The public keys of those who may use the control plane. Without the file MockServer refuses every token.
if [ -n "${CONTROL_PLANE_JWKS:-}" ]; then
  printf '%s\n' "$CONTROL_PLANE_JWKS" >"$CONTROL_PLANE_JWKS_FILE"
fi

work="$EXPECTATIONS_DIR/.load"
rm -rf "$work"
mkdir "$work"
trap 'rm -rf "$work"' EXIT

if ! etag=$(aws s3api get-object --bucket "$EXPECTATIONS_BUCKET" --key "$EXPECTATIONS_OBJECT" \
  --query ETag --output text "$work/candidate" 2>"$work/errors"); then
  fail "cannot read s3://$EXPECTATIONS_BUCKET/$EXPECTATIONS_OBJECT: $(first_line "$work/errors")"
fi
fault=$(expectations_fault "$work/candidate")
[ -z "$fault" ] || fail "refused s3://$EXPECTATIONS_BUCKET/$EXPECTATIONS_OBJECT: $fault"

write_for_mockserver "$work/candidate" "$etag" "$work/numbered" || fail 'jq cannot number the expectations'

printf '%s\n' "$etag" >"$EXPECTATIONS_DIR/.loaded-etag"
mv "$work/numbered" "$EXPECTATIONS_DIR/expectations.json"
log "loaded version $etag"
