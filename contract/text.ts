/** `1 task`, `3 tasks`, `0 tasks`. */
export function counted(count: number, what: string, many = `${what}s`): string {
  return `${count} ${count === 1 ? what : many}`;
}
