const { default: Sequencer } = require("@jest/test-sequencer");

/** The end-to-end tests take minutes, most of them waiting: they begin first, and the others fill the gaps. */
module.exports = class EndToEndFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isEndToEnd = ({ path }) => path.includes("/e2e/");
    return [...sorted.filter(isEndToEnd), ...sorted.filter((test) => !isEndToEnd(test))];
  }
};
