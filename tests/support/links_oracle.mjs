// What a page says by parse5's tree, whatwg-url and css-tree's tokens: an oracle for `decorum eval html`, written on its
// own from the standards. One JSON request per line, {id, html: base64, url, charset}; one answer per line.
// node links_oracle.mjs NODE_MODULES
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(process.argv[2] + '/');
const parse5 = require('parse5');
const { URL } = require('whatwg-url');
const csstree = require('css-tree');

const HTML = 'http://www.w3.org/1999/xhtml', SVG = 'http://www.w3.org/2000/svg', XLINK = 'http://www.w3.org/1999/xlink';
const MOST = 8192;  // bytes of one attribute as it is written: documented limit of ours
const trim = (text) => text.replace(/^[ \t\n\f\r]+/, '').replace(/[ \t\n\f\r]+$/, '');
const words = (text) => trim(text ?? '').toLowerCase().split(/[ \t\n\f\r]+/);

// Every character of an encoding by its bytes; of two for one character the first counts.
const encoders = new Map();
function encoder(charset) {
  if (encoders.has(charset)) return encoders.get(charset);
  const decoder = new TextDecoder(charset), bytes = new Map();
  const add = (...code) => {
    const text = decoder.decode(Uint8Array.from(code));
    if ([...text].length === 1 && text !== '\uFFFD' && !bytes.has(text)) bytes.set(text, code);
  };
  for (let first = 0x80; first < 0x100; ++first) add(first);
  for (let first = 0x81; first < 0xff; ++first) for (let second = 0x30; second < 0xff; ++second) add(first, second);
  encoders.set(charset, bytes);
  return bytes;
}

// whatwg-url knows UTF-8 only: what is not ASCII in a query is escaped for it beforehand.
function inCharset(text, charset) {
  const query = text.indexOf('?'), hash = text.indexOf('#');
  if (/^(utf-8|utf-16|replacement)/.test(charset) || query < 0 || (hash >= 0 && hash < query)) return text;
  const end = hash < 0 ? text.length : hash;
  const known = encoder(charset);
  const escaped = [...text.slice(query, end)].map((c) => {
    if (c.codePointAt(0) < 0x80) return c;
    const bytes = known.get(c);
    return bytes ? bytes.map((b) => (b < 0x80 ? String.fromCharCode(b) : '%' + b.toString(16).toUpperCase())).join('')
                 : `%26%23${c.codePointAt(0)}%3B`;
  });
  return text.slice(0, query) + escaped.join('') + text.slice(end);
}

function parseUrl(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

// "Parse a srcset attribute" (HTML 4.8.4.3.9), by its states.
function srcset(input) {
  const urls = [];
  let at = 0;
  const space = (c) => c !== undefined && /[ \t\n\f\r]/.test(c);
  for (;;) {
    while (at < input.length && (space(input[at]) || input[at] === ',')) ++at;
    if (at >= input.length) return urls;
    const begin = at;
    while (at < input.length && !space(input[at])) ++at;
    let url = input.slice(begin, at);
    const descriptors = [];
    if (url.endsWith(',')) {
      url = url.replace(/,+$/, '');
    } else {
      while (space(input[at])) ++at;
      let current = '', state = 'in descriptor';
      for (;;) {
        const c = input[at];
        if (state === 'after descriptor' && !space(c) && c !== undefined) {
          state = 'in descriptor';
          continue;
        }
        if (c === undefined || (state === 'in descriptor' && c === ',')) {
          if (current) descriptors.push(current);
          ++at;
          break;
        }
        if (state === 'in descriptor') {
          if (space(c)) {
            if (current) {
              descriptors.push(current);
              current = '';
              state = 'after descriptor';
            }
          } else {
            current += c;
            if (c === '(') state = 'in parens';
          }
        } else if (state === 'in parens') {
          current += c;
          if (c === ')') state = 'in descriptor';
        }
        ++at;
      }
    }
    let width, density, height, error = false;
    for (const d of descriptors) {
      const number = d.slice(0, -1);
      if (/^\d+w$/.test(d)) {
        if (width !== undefined || density !== undefined || Number(number) === 0) error = true;
        width = Number(number);
      } else if (/^-?(\d+(\.\d+)?|\.\d+)([eE][-+]?\d+)?x$/.test(d)) {
        if (width !== undefined || density !== undefined || height !== undefined || Number(number) < 0) error = true;
        density = Number(number);
      } else if (/^\d+h$/.test(d)) {
        if (height !== undefined || density !== undefined || Number(number) === 0) error = true;
        height = Number(number);
      } else {
        error = true;
      }
    }
    if (height !== undefined && width === undefined) error = true;
    if (!error) urls.push(url);
  }
}

// url(), @import strings and image-set strings, by css-tree's tokens.
function cssUrls(css) {
  const urls = [];
  let rule = '', imageSet = 0, url = false;
  const types = csstree.tokenTypes;
  csstree.tokenize(css, (type, start, end) => {
    const text = css.slice(start, end);
    const give = (value) => {
      if (rule !== 'naming') {
        urls.push(value);
        rule = '';
      }
    };
    switch (type) {
      case types.AtKeyword: {
        const name = csstree.ident.decode(text.slice(1)).toLowerCase();
        rule = name === 'import' ? name : ['namespace', 'document', '-moz-document'].includes(name) ? 'naming' : '';
        break;
      }
      case types.Semicolon:
      case types.LeftCurlyBracket:
      case types.RightCurlyBracket:
        rule = '';
        imageSet = 0;
        break;
      case types.Url:
        give(csstree.url.decode(text));
        break;
      case types.Function: {
        const name = csstree.ident.decode(text.slice(0, -1)).toLowerCase();
        if (imageSet > 0) ++imageSet;
        else if (name === 'image-set' || name === '-webkit-image-set') imageSet = 1;
        url = name === 'url';
        return;
      }
      case types.LeftParenthesis:
        if (imageSet > 0) ++imageSet;
        break;
      case types.RightParenthesis:
        if (imageSet > 0) --imageSet;
        break;
      case types.String:
        if (url || rule === 'import' || imageSet === 1) give(csstree.string.decode(text));
        break;
      case types.WhiteSpace:
        return;
    }
    url = false;
  });
  return urls;
}

class Page {
  constructor(url, charset) {
    this.url = url;
    this.charset = charset;
    this.found = [];
    this.title = null;
    this.base = this.canonical = this.refresh = null;
    this.robots = { noindex: false, nofollow: false };
  }

  add(href, source, { nofollow = false, requisite = false } = {}) {
    if (requisite) {
      const bare = trim(href);
      if (bare === '' || bare.startsWith('#') || /^data:/i.test(bare)) return;
    }
    if (Buffer.byteLength(href) <= MOST) this.found.push({ href, source, nofollow, requisite });
  }

  element(node) {
    if (node.attrs.length === 0 && node.tagName !== 'title' && node.tagName !== 'style') return;
    const attribute = (name, namespace) => node.attrs.find((a) => a.name === name && (namespace ? a.namespace === namespace : !a.namespace || a.namespace === ''))?.value;
    const rel = words(attribute('rel'));
    const nofollow = ['nofollow', 'ugc', 'sponsored'].some((word) => rel.includes(word));
    const part = (name, source) => {
      const value = attribute(name);
      if (value !== undefined) this.add(value, source, { requisite: true });
    };
    const set = (name, source) => {
      for (const url of srcset(attribute(name) ?? '')) this.add(url, source, { requisite: true });
    };
    if (node.namespaceURI === SVG) {
      const href = attribute('href') ?? attribute('href', XLINK);
      if (node.tagName === 'a' && href !== undefined) this.add(href, 'a', { nofollow });
      if (['image', 'use'].includes(node.tagName) && href !== undefined) this.add(href, node.tagName, { requisite: true });
    } else if (node.namespaceURI === HTML) {
      switch (node.tagName) {
        case 'a': case 'area':
          if (attribute('href') !== undefined) this.add(attribute('href'), node.tagName, { nofollow });
          break;
        case 'frame': case 'iframe':
          if (attribute('src') !== undefined) this.add(attribute('src'), node.tagName);
          break;
        case 'base':
          if (this.base === null && attribute('href') !== undefined) this.base = attribute('href');
          break;
        case 'title':
          this.title ??= node.childNodes.map((child) => child.value ?? '').join('');
          break;
        case 'meta':
          this.meta(trim(attribute('name') ?? '').toLowerCase(), attribute('http-equiv'), attribute('content') ?? '');
          break;
        case 'form': {
          const method = (attribute('method') ?? '').toLowerCase(), action = attribute('action');
          if (action !== undefined && !/^[ \t\n\f\r]*(#|data:|$)/i.test(action) && method !== 'post' && method !== 'dialog')
            this.add(action, 'form', { nofollow });
          break;
        }
        case 'link': {
          const href = attribute('href');
          const has = (...names) => names.some((name) => rel.includes(name));
          if (href !== undefined) {
            const kind = has('canonical') ? 'canonical' : has('next') ? 'next' : has('prev', 'previous') ? 'prev'
              : has('alternate') && !has('stylesheet') ? 'alternate' : null;
            if (kind === 'canonical') this.canonical ??= href;
            if (kind) this.add(href, kind, { nofollow });
          }
          const source = has('stylesheet') ? 'stylesheet' : has('icon', 'apple-touch-icon') ? 'icon'
            : has('manifest') ? 'manifest' : has('preload', 'modulepreload') ? 'preload' : null;
          if (source) part('href', source);
          if (source === 'preload') set('imagesrcset', source);
          break;
        }
        case 'img': part('src', 'img'); set('srcset', 'img'); break;
        case 'source': part('src', 'source'); set('srcset', 'source'); break;
        case 'video': part('src', 'video'); part('poster', 'poster'); break;
        case 'script': case 'audio': case 'track': case 'embed': part('src', node.tagName); break;
        case 'object': part('data', 'object'); break;
        case 'input':
          if ((attribute('type') ?? '').toLowerCase() === 'image') part('src', 'input');
          break;
        case 'body': case 'table': case 'thead': case 'tbody': case 'tfoot': case 'tr': case 'td': case 'th':
          part('background', 'background');
          break;
        case 'style':
          for (const url of cssUrls(node.childNodes.map((child) => child.value ?? '').join('')))
            this.add(url, 'style', { requisite: true });
          break;
      }
    }
    const style = attribute('style');
    const hidden = ['base', 'link', 'meta', 'script', 'style', 'template', 'title'].includes(node.tagName);
    if (style !== undefined && !hidden && Buffer.byteLength(style) <= MOST) {
      for (const url of cssUrls(style)) this.add(url, 'style', { requisite: true });
    }
  }

  meta(name, equiv, content) {
    if (name === 'robots' || name === 'decorum') {
      for (const word of content.toLowerCase().split(/[\s,;]+/)) {
        if (word === 'noindex' || word === 'none') this.robots.noindex = true;
        if (word === 'nofollow' || word === 'none') this.robots.nofollow = true;
      }
    }
    if (equiv?.toLowerCase() !== 'refresh' || this.refresh) return;
    const found = /^[ \t\n\f\r]*(\d+|(?=\.))[\d.]*(?:[ \t\n\f\r]+[;,]?|[;,])[ \t\n\f\r]*(?:url[ \t\n\f\r]*=[ \t\n\f\r]*)?(.*)$/is.exec(content);
    if (!found || !found[2]) return;
    const quote = /^(["'])(.*)$/s.exec(found[2]);
    const url = trim(quote ? quote[2].split(quote[1])[0] : found[2]);
    if (!url) return;
    this.refresh = { href: url, delay: Number(found[1] || 0) };
    this.add(url, 'refresh');
  }

  finish(wants) {
    let base = this.url;
    if (this.base !== null) {
      const parsed = parseUrl(inCharset(this.base, this.charset), this.url);
      if (parsed && !['data:', 'javascript:'].includes(parsed.protocol)) base = parsed.href;
    }
    const resolve = (href, source) => {
      const url = parseUrl(source === 'style' ? href : inCharset(href, this.charset), base);
      return url && /^https?:$/.test(url.protocol) ? url.href : null;
    };
    const links = new Map();
    for (const { href, source, nofollow, requisite } of this.found) {
      if ((requisite && !wants) || (source === 'form' && !wants)) continue;
      const url = resolve(href, source);
      if (url === null) continue;
      const key = url.split('#')[0];
      const known = links.get(key);
      if (known) {
        known.nofollow &&= nofollow;
        known.requisite ||= requisite;
      } else {
        links.set(key, { url, nofollow, source, requisite });
      }
    }
    const all = [...links.values()];
    if (this.robots.nofollow) for (const link of all) link.nofollow = !link.requisite && link.source !== 'refresh';
    const refresh = this.refresh && resolve(this.refresh.href);
    return {
      links: all,
      canonical: this.canonical === null ? null : resolve(this.canonical),
      refresh: refresh ? { url: refresh, delay: this.refresh.delay } : null,
      noindex: this.robots.noindex, nofollow: this.robots.nofollow,
      title: title(this.title ?? ''),
    };
  }
}

// Collapsed, and cut to 1 KiB of whole characters.
function title(text) {
  const bytes = Buffer.from(trim(text).replace(/[ \t\n\f\r]+/g, ' '));
  let end = Math.min(bytes.length, 1024);
  while (end < bytes.length && end > 0 && (bytes[end] & 0xc0) === 0x80) --end;
  return trim(bytes.subarray(0, end).toString());
}

function read({ html, url, charset }) {
  const text = new TextDecoder(charset === 'replacement' ? 'utf-8' : charset).decode(Buffer.from(html, 'base64'));
  const page = new Page(url, charset);
  const open = [parse5.parse(text, { scriptingEnabled: false })];
  while (open.length) {
    const node = open.pop();
    if (node.tagName) page.element(node);
    for (const child of [...(node.childNodes ?? [])].reverse()) open.push(child);
  }
  return { plain: page.finish(false), all: page.finish(true) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(JSON.stringify({ id: request.id, ...read(request) }) + '\n');
}
