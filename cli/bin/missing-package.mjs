/**
 * What to do about a package that is not installed, for example after a pull; `undefined` for other errors, such as a
 * missing file of the project.
 */
export function explainMissingPackage({ code, message }) {
  if (code !== "MODULE_NOT_FOUND" && code !== "ERR_MODULE_NOT_FOUND") return undefined;
  const [, name] =
    /^Cannot find (?:module|package) '(@?\w[^']*|.*\/node_modules\/[^']*)'/.exec(message) ?? [];
  return name && `The package "${name}" is not installed. Run npm ci, then the command again.`;
}
