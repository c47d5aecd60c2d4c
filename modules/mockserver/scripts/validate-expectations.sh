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

# expectations_fault FILE: prints what is wrong with the file; prints nothing when it is good.
expectations_fault() {
  if [ ! -s "$1" ]; then
    echo 'the file is empty; write [] for no mocks'
    return
  fi
  jq -r -s --arg max "$EXPECTATIONS_MAX" '
    def statuses:
      [.[] | (.httpResponse?, (.httpResponses? | arrays | .[])) | objects | .statusCode
        | select(. != null)];
    def bad_status: type != "number" or . < 100 or . > 999 or . != floor;
    def ids: [.[] | .id | select(. != null)];
    if length != 1 then "the file holds \(length) JSON values; write one array"
    else .[0]
      | if type != "array" then "the file is a JSON \(type); write an array of expectations"
        elif any(.[]; type != "object") then "an element is no JSON object; write expectations only"
        elif length > ($max | tonumber) then
          "the file has \(length) expectations, the task keeps \($max); remove some or take a larger size"
        elif any(ids[]; type != "string" or length == 0) then "an id is no text; write a text that stays the same"
        elif (ids | length) != (ids | unique | length) then
          "id \([ids | group_by(.)[] | select(length > 1) | .[0]] | join(", ")) is used twice; make ids unique"
        elif any(statuses[]; bad_status) then
          "status code \([statuses[] | select(bad_status)][0] | tojson) is not allowed; write a whole number from 100 to 999"
        else empty
        end
    end' "$1" 2>&1 | head -n 1
}
