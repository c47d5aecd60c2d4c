/** `{"__type": code, "message": message}` in CBOR (RFC 8949): a map of two pairs of text strings. */
export function cborErrorBody(code: string, message: string): Buffer {
  const pairs = ["__type", code, "message", message].map(cborText);
  return Buffer.concat([Buffer.from([0xa2]), ...pairs]);
}

/** Major type 3: length up to 23 in the first byte, longer ones in the next one or two bytes. */
function cborText(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const { length } = bytes;
  const head =
    length < 24 ? [0x60 | length] : length < 256 ? [0x78, length] : [0x79, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), bytes]);
}
