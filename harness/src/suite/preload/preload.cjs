'use strict';
// Loaded into every Node process of a suite. Browsers that the process starts get what they need to reach the simulated
// org, and its own connections to the org's hosts lead to that org; without a simulated org, its browsers verify every
// certificate. Nothing else is changed.
const { ChildProcess, execFileSync } = require('child_process');
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
// One that is named by its folder, as the packages of npm name theirs.
const isDriver = (file) =>
  typeof file === 'string' && path.isAbsolute(file) && path.basename(file) === 'chromedriver' && path.dirname(file) !== config.shims;
const isMissing = (file) => path.isAbsolute(file) && !exists(file);
const isReplaced = (file) => isBrowser(file) && MANAGED.test(file) && isMissing(file);

wrap(ChildProcess.prototype, 'spawn', function (spawn, options) {
  // A name without a folder is looked up in PATH, where the shims come first and add the same arguments.
  if (options && isBrowser(options.file) && path.isAbsolute(options.file) && path.dirname(options.file) !== config.shims) {
    const file = isMissing(options.file) ? config.browser : options.file;
    const [program, ...given] = options.args || [options.file];
    // The headless shell takes an empty argument for a page.
    const own = given.filter((argument) => argument !== '');
    const switches = own.includes('--') ? own.slice(0, own.indexOf('--')) : own;
    const refused = Object.keys(config.refusals).find((refused) => switches.some((argument) => isSwitch(argument) && name(argument) === refused));
    if (refused) throw new Error(`vestibule: ${config.refusals[refused]}`);
    tellOfBrowser(switches);
    const args = [program, ...withArguments(switches), ...own.slice(switches.length), ...firstPage(file, own)];
    options = { ...options, file, args };
  } else if (options && isDriver(options.file)) {
    options = { ...options, file: path.join(config.shims, 'chromedriver') };
  }
  return spawn.call(this, options);
});

const isSwitch = (argument) => String(argument).startsWith('-');
const name = (argument) => String(argument).replace(/^-+/, '').split('=')[0];
const value = (argument) => String(argument).slice(String(argument).indexOf('=') + 1);

/** The headless shell opens no page by itself, as Chromium does. */
function firstPage(file, own) {
  const opens = own.some((argument) => !isSwitch(argument) || name(argument) === 'no-startup-window');
  return path.basename(file).includes('headless') && !opens ? ['about:blank'] : [];
}

/** Which browser is started: its profile folder, and the debugging port if the suite chose one. */
function tellOfBrowser(own) {
  const last = (wanted) => own.filter((argument) => isSwitch(argument) && name(argument) === wanted).map(value).pop();
  const [profile, port] = [last('user-data-dir'), last('remote-debugging-port')];
  if (profile) tell(config.browsers, `${path.resolve(profile)}\t${port ?? ''}`);
}

/** What the suite passes under a name of ours is joined with ours or gives way to it. */
function withArguments(own) {
  const ours = new Set(config.arguments.filter(({ unless }) => !unless).map(({ argument }) => name(argument)));
  const taken = (argument) => isSwitch(argument) && (ours.has(name(argument)) || config.dropped.includes(name(argument)));
  const kept = own.filter((argument) => !taken(argument));
  const added = config.arguments
    .filter(({ unless }) => !own.some((argument) => isSwitch(argument) && name(argument) === unless))
    .map(({ argument, join }) => (join ? joined(argument, join, own) : argument));
  return [...kept, ...added];
}

function joined(argument, { separator, first, has_rules: hasRules }, own) {
  const given = own.filter((their) => isSwitch(their) && name(their) === name(argument) && their.includes('=')).map(value);
  const theirs = hasRules ? given.map(harmless) : given;
  const values = [value(argument), ...theirs.filter(Boolean)];
  return `--${name(argument)}=${(first ? values : [...values.slice(1), values[0]]).join(separator)}`;
}

/** The host rules of the suite that lead nobody to a real org. */
function harmless(rules) {
  if (!rules) return rules;
  const [program, ...words] = config.hostRules;
  const environment = { ...process.env, NODE_OPTIONS: '' };
  return execFileSync(program, [...words, rules], { encoding: 'utf8', env: environment }).trim();
}

// The DevTools commands of Playwright and Puppeteer.
wrap(JSON, 'stringify', function (stringify, value, ...rest) {
  const ours = value && typeof value.method === 'string' && value.params ? ourParams(value) : undefined;
  return stringify.call(this, ours ? { ...value, params: { ...value.params, ...ours } } : value, ...rest);
});

/** What takes the place of parameters of a command. */
function ourParams({ method, params }) {
  switch (method) {
    // Each browser context can have a proxy of its own.
    case 'Target.createBrowserContext':
      if (!params.proxyServer || !config.bypassed) return undefined;
      return { proxyBypassList: [params.proxyBypassList, config.bypassed].filter(Boolean).join(';') };
    case 'Security.setIgnoreCertificateErrors':
      return config.verifies ? { ignore: false } : undefined;
    // A browser has one built-in authenticator, and ours is there already: the suite's becomes a security key beside it that
    // nobody touches.
    case 'WebAuthn.addVirtualAuthenticator':
      if (!config.keeps || !params.options || params.options.transport !== 'internal') return undefined;
      return { options: { ...params.options, transport: 'usb', automaticPresenceSimulation: false } };
    default:
      return undefined;
  }
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

Module.syncBuiltinESMExports();
// Without a simulated org, connections lead where they lead.
if (!config.realm) return;

// ---- connections

const within = (host, domain) => host === domain || host.endsWith(`.${domain}`);

/** 'realm', 'refused' or undefined: what becomes of a connection to this host. */
function fate(host) {
  if (typeof host !== 'string') return undefined;
  const name = host.toLowerCase().replace(/\.$/, '');
  if (config.hosts.includes(name)) return 'realm';
  return isVendors(name) ? 'refused' : undefined;
}

const isNamed = (name) => typeof name === 'string' && fate(name) !== undefined;

wrap(net.Socket.prototype, 'connect', function (connect, ...args) {
  const normalized = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const options = normalized[0];
  // A name that the suite resolved by itself is still what TLS asks for.
  const host = net.isIP(options.host) && isNamed(options.servername) ? options.servername : options.host;
  switch (options.path ? undefined : fate(host)) {
    case 'realm':
      // A copy: TLS reads the name that it verifies from the original.
      normalized[0] = { ...options, host: config.realm.host, port: config.realm.port };
      break;
    case 'refused': {
      const error = refusal(host, options.port);
      process.nextTick(() => this.destroy(error));
      return this;
    }
  }
  return connect.call(this, normalized);
});

// A proxy that the suite itself names is asked for every other host. A request to a proxy begins with the host.
const ASKED = /^(?:CONNECT ([^\s:/]+):(\d+) |(?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) http:\/\/(?:[^\s/@]*@)?([^\s:/]+))/;

wrap(net.Socket.prototype, '_writeGeneric', function (write, writev, data, encoding, done) {
  // While it connects, the socket calls again later.
  const host = this.connecting ? undefined : asked(writev ? data[0].chunk : data);
  if (host === undefined || !isVendors(host.name) || this.remotePort === config.proxy.port) {
    return write.call(this, writev, data, encoding, done);
  }
  const error = refusal(host.name, host.port);
  process.nextTick(() => this.destroy(error));
});

function asked(words) {
  const byte = typeof words === 'string' ? words.charCodeAt(0) : words[0];
  if (byte === 4 || byte === 5) return askedBySocks(Buffer.from(words.slice(0, 600), 'latin1'));
  const begin = typeof words === 'string' ? words.slice(0, 1000) : words.toString('latin1', 0, 1000);
  const found = ASKED.exec(begin);
  return found ? { name: (found[1] || found[3]).toLowerCase().replace(/\.$/, ''), port: found[2] || '80' } : undefined;
}

/** The host of a request by SOCKS 5 (RFC 1928, 4) or SOCKS 4a, which name it. */
function askedBySocks(words) {
  const named = (bytes, port) => ({ name: bytes.toString('latin1').toLowerCase().replace(/\.$/, ''), port });
  if (words[0] === 5 && words[2] === 0 && words[3] === 3 && words.length >= 7 + words[4]) {
    return named(words.subarray(5, 5 + words[4]), words.readUInt16BE(5 + words[4]));
  }
  if (words[0] === 4 && words.length > 9 && words.readUIntBE(4, 3) === 0 && words[7] !== 0) {
    const host = words.indexOf(0, 8) + 1;
    const end = words.indexOf(0, host);
    if (host > 0 && end > host) return named(words.subarray(host, end), words.readUInt16BE(2));
  }
  return undefined;
}

const isVendors = (name) => config.vendor.some((domain) => within(name, domain));

function refusal(host, port) {
  tell(config.refused, JSON.stringify({ at: Date.now(), host: `${host}:${port}` }));
  const message = `vestibule: ${host} is a real host of the vendor, and this suite runs against a simulated org`;
  return Object.assign(new Error(message), { code: 'ECONNREFUSED', address: host, port });
}

// Names of the org and of the vendor are no question for a name server.
const unknown = (host) => Object.assign(refusal(host, 0), { code: 'ENOTFOUND', hostname: host });

wrap(dns, 'lookup', function (lookup, host, ...rest) {
  const what = fate(host);
  if (what === undefined) return lookup.call(this, host, ...rest);
  const [options, done] = typeof rest[0] === 'function' ? [undefined, rest[0]] : rest;
  const address = { address: config.realm.host, family: 4 };
  const answer = options && options.all ? [[address]] : [address.address, address.family];
  process.nextTick(done, ...(what === 'realm' ? [null, ...answer] : [unknown(host)]));
  return {};
});
wrap(dns.promises, 'lookup', async function (lookup, host, options) {
  const what = fate(host);
  if (what === undefined) return lookup.call(this, host, options);
  if (what === 'refused') throw unknown(host);
  const address = { address: config.realm.host, family: 4 };
  return options && options.all ? [address] : address;
});

/** The records of a host of the org: it has an address, and nothing else. */
function records(question, host, options) {
  const type = question === 'resolve' ? (typeof options === 'string' ? options : 'A') : question.replace('resolve', '');
  if (fate(host) === 'refused') throw unknown(host);
  if (type !== 'A' && type !== '4') {
    throw Object.assign(new Error(`${question} ENODATA ${host}`), { code: 'ENODATA', syscall: question, hostname: host });
  }
  const address = config.realm.host;
  return [options && options.ttl ? { address, ttl: 0 } : address];
}

const questions = (holder) => Object.getOwnPropertyNames(holder).filter((name) => /^resolve/.test(name));
for (const holder of [dns, dns.Resolver.prototype]) {
  for (const question of questions(holder)) {
    wrap(holder, question, function (resolve, host, ...rest) {
      if (fate(host) === undefined) return resolve.call(this, host, ...rest);
      const done = rest[rest.length - 1];
      try {
        process.nextTick(done, null, records(question, host, rest[0]));
      } catch (error) {
        process.nextTick(done, error);
      }
      return {};
    });
  }
}
for (const holder of [dns.promises, dns.promises.Resolver.prototype]) {
  for (const question of questions(holder)) {
    wrap(holder, question, function (resolve, host, ...rest) {
      if (fate(host) === undefined) return resolve.call(this, host, ...rest);
      return new Promise((done) => done(records(question, host, rest[0])));
    });
  }
}

Module.syncBuiltinESMExports();
