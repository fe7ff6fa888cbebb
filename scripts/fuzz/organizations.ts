// Organizations whose connections are made one after the other: a new one now and then, so that no list grows without end.
import type { TestApp, TestOrganization } from '../../test/support/app.ts'

type Api = (method: string, path: string, body?: unknown) => Promise<{ status: number; id: string }>

export type Place = { organization: TestOrganization; api: Api }

const usesEach = 50

export function inOrganizations(app: TestApp): { next(): Promise<Place> } {
  let uses = 0
  let place: Place | undefined
  return {
    next: async () => {
      if (place === undefined || uses >= usesEach) {
        uses = 0
        const organization = await app.createOrganization()
        place = { organization, api: apiOf(app, await app.createApiKey(organization)) }
      }
      uses += 1
      return place
    },
  }
}

const apiOf =
  (app: TestApp, key: string): Api =>
  async (method, path, body) => {
    const answer = await app.request(`/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const { id = '' } = (await answer.json()) as { id?: string }
    return { status: answer.status, id }
  }
