/**
 * Escape hatch of every module: one function per child resource that may change its final arguments, so
 * that a module does not need an option for each argument of the provider.
 *
 * @example
 * new Networking(this, "networking", { ..., transform: { vpc: (vpc) => ({ ...vpc, enableDnsHostnames: false }) } });
 */
export type Transform<Config> = (config: Config) => Config;

/** The arguments after the caller's transform, or unchanged when there is none. */
export function transformed<Config>(config: Config, transform: Transform<Config> | undefined): Config {
  return transform ? transform(config) : config;
}
