// Prints the conformance suites as one JSON document. Their file is data that happens to be JavaScript.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
process.stdout.write(JSON.stringify(require("@bufbuild/cel-spec/testdata/conformance.js").tests));
