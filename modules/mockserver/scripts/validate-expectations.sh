# Shared by loader and sync: what a file must be before MockServer sees it.
# Needs jq, which the AWS CLI image carries: https://github.com/aws/aws-cli/pull/9600

# One line per event, on standard output.
log() {
  printf '%s: %s\n' "$SCRIPT_NAME" "$*"
}

# The first line of a file, for a log line.
first_line() {
  grep -v '^[[:space:]]*$' "$1" | head -n 1
}

# jq with a bound: without one, a file of many small objects would end the whole container.
jq_bounded() (
  ulimit -v "$JQ_MAX_KIB"
  exec jq "$@"
)

# expectations_fault FILE: prints what is wrong with the file; prints nothing when it is good.
expectations_fault() {
  if [ ! -s "$1" ]; then
    echo 'the file is empty; write [] for no mocks'
    return
  fi
  bytes=$(wc -c <"$1")
  if [ "$bytes" -gt "$EXPECTATIONS_MAX_BYTES" ]; then
    echo "the file has $((bytes)) bytes, the task keeps $EXPECTATIONS_MAX_BYTES; remove some or take a larger size"
    return
  fi
  status=0
  jq_bounded -r -s --arg max "$EXPECTATIONS_MAX" --arg own "$VERSION_ID" '
    def statuses:
      [.[] | (.httpResponse?, (.httpResponses? | arrays | .[])) | objects | .statusCode
        | select(. != null)];
    def bad_status: type != "number" or . < 100 or . > 999 or . != floor;
    def ids: [.[] | .id | select(. != null)];
    def priorities: [.[] | select(has("priority")) | .priority];
    def bad_priority: type != "number" or . < -20000 or . > 20000 or . != floor;
    if length != 1 then "the file holds \(length) JSON values; write one array"
    else .[0]
      | if type != "array" then "the file is a JSON \(type); write an array of expectations"
        elif any(.[]; type != "object") then "an element is no JSON object; write expectations only"
        elif length > ($max | tonumber) then
          "the file has \(length) expectations, the task keeps \($max); remove some or take a larger size"
        elif any(ids[]; type != "string" or length == 0) then "an id is no text; write a text that stays the same"
        elif (ids | length) != (ids | unique | length) then
          "id \([ids | group_by(.)[] | select(length > 1) | .[0]] | join(", ")) is used twice; make ids unique"
        elif any(ids[]; . == $own) then "the id \($own) belongs to the task; take another"
        elif any(priorities[]; bad_priority) then
          "priority \([priorities[] | select(bad_priority)][0] | tojson) is not allowed; write a whole number from -20000 to 20000"
        elif any(statuses[]; bad_status) then
          "status code \([statuses[] | select(bad_status)][0] | tojson) is not allowed; write a whole number from 100 to 999"
        else empty
        end
    end' "$1" >"$1.fault" 2>&1 || status=$?
  case $status in
    0) first_line "$1.fault" ;;
    # jq reports what it cannot parse, and is ended by a signal when it has no memory left.
    [1-9]) { cat "$1.fault"; echo 'jq cannot read the file'; } | head -n 1 ;;
    *) echo 'the file takes more memory than the task has for it; remove some or take a larger size' ;;
  esac
  rm -f "$1.fault"
}

# The mock by which the sync container learns which version MockServer has taken. Listener rules close its path.
VERSION_ID=automock-version
VERSION_PATH=/mockserver/automock-version

# write_for_mockserver FILE VERSION TARGET: the file with its version and with priorities that follow its order.
# MockServer merges a file by id and keeps each mock's age, so without priorities a task that has run for a while
# would match in another order than a new one. An OpenAPI document has no priority (0): what is before it comes
# above 0, what is after it below. Without one all are above 0, where mocks that were put at runtime are.
write_for_mockserver() {
  jq_bounded -c --arg id "$VERSION_ID" --arg path "$VERSION_PATH" --arg version "$2" '
    . as $all
    | ([range(length) | select($all[.] | has("specUrlOrPayload"))][0] // length) as $zero
    | [range(length) as $i | $all[$i]
        | if has("specUrlOrPayload") then . else . + {priority: ((.priority // 0) * 100000 + $zero - $i)} end]
    + [{id: $id, priority: 2147483647, httpRequest: {method: "GET", path: $path},
        httpResponse: {statusCode: 200, body: $version}}]' "$1" >"$3"
}
