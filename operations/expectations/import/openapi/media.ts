/** Whether a media type is JSON, or any type at all. */
export function isJson(mediaType: string): boolean {
  return /\bjson\b|^\*\/\*$/i.test(mediaType);
}
