// What whatwg-url makes of URLs: an oracle for `decorum eval url`. One JSON request per line, {url, base: string or null};
// one answer per line: {url: what the standard says, ours: what is left of it under the limits of ours that
// docs/differential.md tells, why: the limit, long: whether ours may fail for a long label, old: whether whatwg-url itself
// says something else than the standard}.
// node url_oracle.mjs NODE_MODULES
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(process.argv[2] + '/');
const tr46 = require('tr46');
const { URL } = require('whatwg-url');

const OURS = ['http', 'https', 'ftp', 'file'];
const MOST_BYTES = 1024, SAFE_OF_A_LABEL = 50;

const ranges = (text) => new RegExp(`[${text.trim().replace(/[0-9a-f]+/g, '\\u{$&}').replace(/\s+/g, '')}]`, 'u');
// What UTS #46 takes and ours does not: marks that are younger than Unicode 12 or enclose or shape notes, conjoining
// jamo, numbers of the Arabic and Coptic kind, two scripts that compose.
const UNKNOWN = ranges(`488-489 66b-66c 897-89f 8ca-8d2 b55 c3c cf3 d81 ece 1100-115e 1161-11ff 1715 1abe-1ace 1dfa 20d0-20f0
  302e-302f a670-a672 a82c a960-a97c d7b0-d7c6 d7cb-d7fb 102e1-102fb 105c0-105f3 10d40-10d49 10d69-10d6d 10e60-10e7e
  10eab-10eac 10efc-10eff 10f82-10f85 11070 11073-11074 110c2 111ce-111cf 11241 113b8-113c0 113c2 113c5 113c7-113ca
  113cc-113d0 113d2 113e1-113e2 11930-11935 11937-11938 1193b-1193e 11940 11942-11943 11f00-11f01 11f03 11f34-11f3a
  11f3e-11f42 11f5a 13440 13447-13455 1611e-1612f 16d40-16d79 16fe4 16ff0-16ff1 1cf00-1cf2d 1cf30-1cf46 1d165-1d169
  1d16d-1d172 1d17b-1d182 1d185-1d18b 1d1aa-1d1ad 1d242-1d244 1e08f 1e2ae 1e4ec-1e4ef 1e5ee-1e5ef`);
// What UTS #46 folds since Unicode 15 or 16, and ours refuses.
const UNFOLDED = ranges('1c89 a7cb-a7cc a7da a7dc 10d50-10d65 1ccd6-1ccf9 1e030-1e06d 2f868 2f874 2f91f 2f95f 2f9bf');

const written = tr46.toASCII;
let idna, why, long, interesting;
tr46.toASCII = (domain, options) => {
  interesting ||= /[^\x00-\x7f]|xn--/i.test(domain);
  return idna(domain, options);
};

// Since June 2026 (whatwg/url 914): an ASCII domain that ToASCII refuses is only lower-cased.
function standard(domain, options) {
  return /[^\x00-\x7f]/.test(domain) ? written(domain, options) : domain.toLowerCase();
}

// The bidi rule as ours has it: for a label by itself, which may end in any mark; U+1171E is one of no direction.
function isSound(label, options) {
  const unicode = tr46.toUnicode(label).domain.replace(/\u{1171e}/gu, '\u0a01');
  return written(/\p{M}$/u.test(unicode) ? `${unicode}\u05d0` : unicode, options) !== null || written(label, options) !== null;
}

function limited(domain, options) {
  if (!/[^\x00-\x7f]/.test(domain)) return domain.toLowerCase();
  const ascii = written(domain, { ...options, checkBidi: false });
  if (ascii === null) return null;
  const labels = ascii.split('.');
  if (UNFOLDED.test(domain) || UNKNOWN.test(tr46.toUnicode(domain).domain)) {
    why = 'unknown';
    return null;
  }
  if (Buffer.byteLength(domain) > MOST_BYTES) {
    why = 'long';
    return null;
  }
  if (!labels.every((one) => isSound(one, options))) return null;
  const plain = domain.toLowerCase().split(/[.\u3002\uff0e\uff61]/);
  long ||= labels.some((one) => one.length > SAFE_OF_A_LABEL && (one.startsWith('xn--') || !plain.includes(one)));
  if (written(domain, options) === null) why = 'bidi';
  return ascii;
}

// whatwg-url loses a character of the credentials for each beyond the BMP: an escape means the same in all that is ours.
const escaped = (text) => text && text.replace(/[\u{10000}-\u{10ffff}]/gu, encodeURIComponent);

function parsed(url, base, how) {
  idna = how;
  try {
    return new URL(url, base ?? undefined).href;
  } catch {
    return null;
  }
}

function schemeOf(text) {
  const cleaned = text.replace(/^[\x00-\x20]+|[\t\n\r]/g, '');
  return /^([a-z][a-z0-9+.-]*):/i.exec(cleaned)?.[1].toLowerCase();
}

function answer(asked) {
  const url = escaped(asked.url), base = escaped(asked.base);
  why = null;
  long = interesting = false;
  const right = parsed(url, base, standard);
  const scheme = base === null ? undefined : schemeOf(base);
  const foreign = scheme !== undefined && !OURS.includes(scheme);
  let ours = interesting || foreign ? parsed(url, foreign ? 'about:blank' : base, limited) : right;
  if (ours !== null && !OURS.includes(schemeOf(ours))) ours = null;
  if (right !== null && !OURS.includes(schemeOf(right))) why = 'scheme';
  else if (right === null && foreign) why = 'base';
  return { url: right, ours, why, long, old: parsed(asked.url, asked.base, written) !== right };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\n');
}
