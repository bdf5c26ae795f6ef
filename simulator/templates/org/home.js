// The global that suites poll to learn that Lightning has loaded.
"use strict";

window.$A = { clientService: { inFlightXHRs: () => 0 }, metricsService: {}, get: () => undefined };
