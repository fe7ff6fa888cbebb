// The SCIM client the checks use: sends requests, makes resources with unique names and clears them away afterwards.
import { randomUUID } from 'node:crypto'
import { send } from '../run/http.ts'
import { Skipped } from '../run/outcome.ts'
import type { Target } from '../run/target.ts'
import { buildUrl } from '../run/url.ts'
import type { Check } from './check.ts'
import { expectStatus, type ScimBody, type ScimResponse, withBody } from './expect.ts'
import { enterpriseUrn, groupUrn, patchUrn, userUrn } from './urns.ts'

export interface SendOptions {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly rawBody?: string
  /** Merged over the usual headers; null removes one. */
  readonly headers?: Readonly<Record<string, string | null>>
}

export interface PatchOperation {
  readonly op: string
  readonly path?: string
  readonly value?: unknown
}

export class ScimClient {
  /** A text no other check uses; every name this check makes starts with it. */
  readonly unique = `cf${randomUUID().replaceAll('-', '').slice(0, 12)}`
  readonly #target: Target
  readonly #created: string[] = []

  constructor(target: Target) {
    this.#target = target
  }

  get baseUrl(): string {
    return this.#target.baseUrl
  }

  async send(method: string, path: string, options: SendOptions = {}): Promise<ScimResponse> {
    const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
    const headers = {
      Authorization: `Bearer ${this.#target.token}`,
      Accept: 'application/scim+json',
      ...(body !== undefined && { 'Content-Type': 'application/scim+json' }),
      ...options.headers,
    }
    const url = buildUrl({ baseUrl: this.baseUrl, path, ...(options.query && { query: options.query }) })
    const response = await send({ method, ...url, headers: withoutNulls(headers), ...(body !== undefined && { body }) })
    return withBody(response)
  }

  get(path: string, query?: Readonly<Record<string, string>>): Promise<ScimResponse> {
    return this.send('GET', path, query && { query })
  }

  async post(path: string, body: unknown, options: SendOptions = {}): Promise<ScimResponse> {
    const response = await this.send('POST', path, { ...options, body })
    const id = response.body['id']
    if (response.status === 201 && typeof id === 'string') this.#created.push(`${path}/${id}`)
    return response
  }

  put(path: string, body: unknown): Promise<ScimResponse> {
    return this.send('PUT', path, { body })
  }

  /** Sends a PatchOp and requires 200 or 204. */
  async patch(path: string, ...operations: readonly PatchOperation[]): Promise<ScimResponse> {
    const response = await this.tryPatch(path, ...operations)
    expectStatus(response, 200, 204)
    return response
  }

  /** Sends a PatchOp and leaves judging the answer to the caller. */
  tryPatch(path: string, ...operations: readonly PatchOperation[]): Promise<ScimResponse> {
    return this.send('PATCH', path, { body: { schemas: [patchUrn], Operations: operations } })
  }

  delete(path: string): Promise<ScimResponse> {
    return this.send('DELETE', path)
  }

  /** Reads a resource and requires 200. */
  async read(path: string, query?: Readonly<Record<string, string>>): Promise<ScimResponse> {
    const response = await this.get(path, query)
    expectStatus(response, 200)
    return response
  }

  /** A user name of this check. */
  userName(label = 'user'): string {
    return `${this.unique}-${label}@example.com`
  }

  userBody(attributes: ScimBody = {}, label?: string): ScimBody {
    const schemas = Object.hasOwn(attributes, enterpriseUrn) ? [userUrn, enterpriseUrn] : [userUrn]
    return { schemas, userName: this.userName(label), ...attributes }
  }

  /** Creates a user and requires 201. */
  async createUser(attributes: ScimBody = {}, label?: string): Promise<Created> {
    return toCreated(await this.post('/Users', this.userBody(attributes, label)), '/Users')
  }

  /** Creates a group and requires 201. */
  async createGroup(attributes: ScimBody = {}, label = 'group'): Promise<Created> {
    const body = { schemas: [groupUrn], displayName: `${this.unique}-${label}`, ...attributes }
    return toCreated(await this.post('/Groups', body), '/Groups')
  }

  /** Ends the check as skipped unless ServiceProviderConfig says that the feature is there. */
  async requireFeature(feature: string): Promise<ScimBody> {
    const { body } = await this.read('/ServiceProviderConfig')
    // A cast to an optional unknown is safe: only compared below.
    const settings = body[feature] as { supported?: unknown } | undefined
    if (settings?.supported !== true) throw new Skipped(`ServiceProviderConfig.${feature}.supported is not true`)
    return { ...settings }
  }

  /** Deletes what the check created. Failures here say nothing about the check. */
  async cleanUp(): Promise<void> {
    if (this.#target.isDisposable) return
    for (const path of this.#created.toReversed()) await this.delete(path).catch(() => undefined)
  }
}

export interface Created {
  readonly id: string
  readonly path: string
  readonly response: ScimResponse
}

function toCreated(response: ScimResponse, endpoint: string): Created {
  expectStatus(response, 201)
  const id = String(response.body['id'])
  return { id, path: `${endpoint}/${id}`, response }
}

function withoutNulls(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null))
}

/** Runs one check against the target and clears away what it made. */
export async function runCheck(check: Check, target: Target): Promise<void> {
  const client = new ScimClient(target)
  try {
    await check.run(client)
  } finally {
    await client.cleanUp()
  }
}

/** The resources of a ListResponse; none when `Resources` is missing. */
export function resourcesOf(response: ScimResponse): readonly ScimBody[] {
  const resources = response.body['Resources']
  return Array.isArray(resources) ? resources : []
}
