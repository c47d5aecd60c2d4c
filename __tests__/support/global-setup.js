/** Seed of the property tests: always the same, another one in each deep run, or the one that is asked for. */
const SEED = "20261121";

module.exports = () => {
  process.env.FC_SEED ??= process.env.TEST_DEEP === "1" ? String(Math.floor(Math.random() * 2 ** 31)) : SEED;
  // The AWS SDK's notice about Node 20, one per test file.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  // Terraform and its providers then collect garbage seldom: up to 1 GB each, a quarter less processor time than by default.
  process.env.GOGC ??= "1000";
  process.stderr.write(`property tests: FC_SEED=${process.env.FC_SEED}\n`);
};
