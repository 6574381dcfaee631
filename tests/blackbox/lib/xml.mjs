// A small strict XML reader for assertions: elements become {name, text, children}. Throws on what is not well-formed.
const kEntities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text) {
  return text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|\w+);/g, (whole, name) => {
    if (name.startsWith('#x')) return String.fromCodePoint(parseInt(name.slice(2), 16));
    if (name.startsWith('#')) return String.fromCodePoint(parseInt(name.slice(1), 10));
    if (!(name in kEntities)) throw new Error(`unknown entity ${whole}`);
    return kEntities[name];
  });
}

class Element {
  constructor(name) {
    this.name = name;
    this.text = '';
    this.children = [];
  }

  /** First element at a path such as "meetings/meeting/meetingID", or undefined. */
  find(path) {
    let at = this;
    for (const name of path.split('/')) {
      at = at?.children.find((child) => child.name === name);
    }
    return at;
  }

  /** Text of the element at `path`; undefined when there is none. */
  get(path) {
    return this.find(path)?.text;
  }

  /** All children of the element at the path before the last slash. */
  all(path) {
    const names = path.split('/');
    const last = names.pop();
    const parent = names.length ? this.find(names.join('/')) : this;
    return (parent?.children ?? []).filter((child) => child.name === last);
  }
}

export function parseXml(source) {
  const pattern = /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=>]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
  const root = new Element('');
  const open = [root];
  let at = 0;
  for (const match of source.matchAll(pattern)) {
    const between = source.slice(at, match.index);
    if (between.includes('<')) throw new Error(`not well-formed at ${at}: ${between.slice(0, 80)}`);
    open.at(-1).text += decode(between);
    at = match.index + match[0].length;
    const [, cdata, closing, opening, , empty] = match;
    if (cdata !== undefined) {
      open.at(-1).text += cdata;
    } else if (closing !== undefined) {
      const element = open.pop();
      if (element.name !== closing || open.length === 0) throw new Error(`</${closing}> closes <${element.name}>`);
      if (element.children.length) element.text = element.text.trim();
    } else if (opening !== undefined) {
      const element = new Element(opening);
      open.at(-1).children.push(element);
      if (!empty) open.push(element);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1).name}> is not closed`);
  if (source.slice(at).trim() !== '' || root.text.trim() !== '') throw new Error(`text outside of the document: ${source.slice(0, 120)}`);
  if (root.children.length !== 1) throw new Error(`not one root element: ${source.slice(0, 120)}`);
  return root.children[0];
}
