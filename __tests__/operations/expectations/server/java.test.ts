import { majorJavaVersion } from "../../../../operations/expectations/server/java";

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_442"', 8],
  ['openjdk version "21" 2023-09-19', 21],
  ["bash: java: command not found", 0],
])("%s is Java %i", (text, version) => {
  expect(majorJavaVersion(text)).toBe(version);
});
