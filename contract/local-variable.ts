/** Environment variable that stands for `--local`: set in the shell of `npm run local -- --shell`. */
export const LOCAL_VARIABLE = "AUTOMOCK_LOCAL";
