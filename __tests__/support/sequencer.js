const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Long tests begin first and the others fill the gaps: the end-to-end tests, which wait most of the time, then the
 * simulator's, which compute.
 */
const LONG = ["/e2e/", "/simulator/"];

module.exports = class LongFirst extends Sequencer {
  async sort(tests) {
    const rank = ({ path }) => {
      const found = LONG.findIndex((folder) => path.includes(folder));
      return found === -1 ? LONG.length : found;
    };
    return [...(await super.sort(tests))].sort((one, other) => rank(one) - rank(other));
  }
};
