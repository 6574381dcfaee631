// Tenants of a Plenary under test, each seen as the front-end that it is: its own address, its own secret.
import { withXml } from './plenary.mjs';

export class FrontEnd {
  /** `byPath`: it comes by /t/<name>, else by its host in front of `domain`. */
  constructor(plenary, name, secret, { byPath = false, domain = 'lb.test' } = {}) {
    Object.assign(this, { plenary, name, secret, byPath, domain });
  }

  /** The same tenant by its other address. */
  otherWay() { return Object.assign(new FrontEnd(this.plenary, this.name, this.secret, { byPath: !this.byPath, domain: this.domain }), { id: this.id }); }

  http(target, options = {}) {
    if (this.byPath) return this.plenary.http(`/t/${this.name}${target}`, options);
    return this.plenary.http(target, { ...options, headers: { Host: `${this.name}.${this.domain}`, ...options.headers } });
  }

  target(call, params, options = {}) { return this.plenary.target(call, params, { ...options, secret: options.secret ?? this.secret }); }

  async call(call, params = {}, options = {}) { return withXml(await this.http(this.target(call, params, options), options)); }

  async post(call, params, body, contentType, options = {}) {
    return withXml(await this.http(this.target(call, params, options), { ...options, method: 'POST', body, headers: { 'Content-Type': contentType, ...options.headers } }));
  }

  /** As the operator sees it. */
  async show() { return (await this.plenary.command('tenants.show', { tenant: this.name })).tenant; }
  async update(change) { return (await this.plenary.command('tenants.update', { tenant: this.id, ...change })).tenant; }
  async addSetting(param, value, override = false) {
    return (await this.plenary.command('tenants.settings_add', { tenant: this.id, param, value, override })).setting;
  }
}

/** Makes a tenant. `more`: further arguments of tenants.add, and where it comes from. */
export async function addTenant(plenary, name, { byPath, domain, ...more } = {}) {
  const { tenant } = await plenary.command('tenants.add', { name, secrets: [`secret-of-${name}`], ...more });
  return Object.assign(new FrontEnd(plenary, name, tenant.secrets[0], { byPath, domain }), { id: tenant.id });
}
