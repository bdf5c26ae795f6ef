'use strict';
// Loaded into every Node process of a suite. Browsers that the process starts get what they need to reach the simulated
// org, and its own connections to the org's hosts lead to that org. Nothing else is changed.
const { ChildProcess } = require('child_process');
const dns = require('dns');
const fs = require('fs');
const Module = require('module');
const net = require('net');
const path = require('path');

const config = require('./preload.json');

function tell(file, line) {
  try {
    fs.appendFileSync(file, `${line}\n`);
  } catch {
    // The case is over, and the file is no longer read.
  }
}

/**
 * Replaces a function by one that calls `around` with the original and the arguments. It keeps everything else that the
 * original has: name, length, prototype, and what other modules have put on it, such as how `util.promisify` treats it.
 */
function wrap(holder, name, around) {
  const original = holder[name];
  const { method } = {
    method(...args) {
      return around.call(this, original, ...args);
    },
  };
  Object.setPrototypeOf(method, Object.getPrototypeOf(original));
  holder[name] = Object.defineProperties(method, Object.getOwnPropertyDescriptors(original));
}

// ---- browsers

const BROWSER = /^(chrome|chromium|chromium-browser|google-chrome(-[a-z]+)?|chrome-headless-shell|headless_shell|chromium-headless-shell)$/;
// Where Playwright and Puppeteer keep downloaded browsers, and where Chrome's own packages are installed.
const MANAGED = /\/(chromium[a-z_]*-\d+|chrome(-headless-shell)?\/linux[a-z0-9_]*-[\d.]+|opt\/google\/chrome[a-z-]*)\//;

const exists = fs.existsSync;
const isBrowser = (file) => typeof file === 'string' && BROWSER.test(path.basename(file));
const isMissing = (file) => path.isAbsolute(file) && !exists(file);
const isReplaced = (file) => isBrowser(file) && MANAGED.test(file) && isMissing(file);

wrap(ChildProcess.prototype, 'spawn', function (spawn, options) {
  // A name without a folder is looked up in PATH, where the shims come first and add the same arguments.
  if (options && isBrowser(options.file) && path.isAbsolute(options.file) && path.dirname(options.file) !== config.shims) {
    const file = isMissing(options.file) ? config.browser : options.file;
    const [program, ...own] = options.args || [options.file];
    tellProfile(own);
    options = { ...options, file, args: [program, ...withArguments(own)] };
  }
  return spawn.call(this, options);
});

const name = (argument) => String(argument).replace(/^-+/, '').split('=')[0];
const value = (argument) => String(argument).slice(String(argument).indexOf('=') + 1);

function tellProfile(own) {
  const profile = own.filter((argument) => name(argument) === 'user-data-dir').map(value).pop();
  if (profile) tell(config.profiles, path.resolve(profile));
}

function withArguments(own) {
  const rules = own.filter((argument) => name(argument) === 'host-resolver-rules').map(value);
  const added = config.arguments
    .filter(({ unless }) => !own.some((argument) => unless.includes(name(argument))))
    .map(({ argument }) => (name(argument) === 'host-resolver-rules' ? [argument, ...rules].join(', ') : argument));
  return [...own, ...added];
}

// A client checks that a downloaded browser exists before it starts it.
wrap(fs, 'existsSync', (original, file) => original(file) || isReplaced(file));
for (const [holder, names] of [
  [fs, ['accessSync', 'access', 'statSync', 'stat']],
  [fs.promises, ['access', 'stat']],
]) {
  for (const name of names) {
    wrap(holder, name, function (original, file, ...rest) {
      return original.call(this, isReplaced(file) ? config.browser : file, ...rest);
    });
  }
}

// ---- connections

const within = (host, domain) => host === domain || host.endsWith(`.${domain}`);

/** 'realm', 'refused' or undefined: what becomes of a connection to this host. */
function fate(host) {
  if (typeof host !== 'string') return undefined;
  const name = host.toLowerCase().replace(/\.$/, '');
  if (config.hosts.includes(name)) return 'realm';
  return config.vendor.some((domain) => within(name, domain)) ? 'refused' : undefined;
}

wrap(net.Socket.prototype, 'connect', function (connect, ...args) {
  const normalized = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const options = normalized[0];
  switch (options.path ? undefined : fate(options.host)) {
    case 'realm':
      // A copy: TLS reads the name that it verifies from the original.
      normalized[0] = { ...options, host: config.realm.host, port: config.realm.port };
      break;
    case 'refused': {
      const error = refusal(options.host, options.port);
      process.nextTick(() => this.destroy(error));
      return this;
    }
  }
  return connect.call(this, normalized);
});

function refusal(host, port) {
  tell(config.refused, JSON.stringify({ at: Date.now(), host: `${host}:${port}` }));
  const message = `vestibule: ${host} is a real host of the vendor, and this suite runs against a simulated org`;
  return Object.assign(new Error(message), { code: 'ECONNREFUSED', address: host, port });
}

wrap(dns, 'lookup', function (lookup, host, ...rest) {
  if (fate(host) !== 'realm') return lookup.call(this, host, ...rest);
  const [options, done] = typeof rest[0] === 'function' ? [undefined, rest[0]] : rest;
  const address = { address: config.realm.host, family: 4 };
  const answer = options && options.all ? [[address]] : [address.address, address.family];
  process.nextTick(done, null, ...answer);
  return {};
});
wrap(dns.promises, 'lookup', async function (lookup, host, options) {
  if (fate(host) !== 'realm') return lookup.call(this, host, options);
  const address = { address: config.realm.host, family: 4 };
  return options && options.all ? [address] : address;
});

Module.syncBuiltinESMExports();
