// The sign-in page of the emulated OpenID provider.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { escapeHtml, htmlPage, type Page, signInPage } from '../sign-in/page.ts'
import { findPerson, type Person } from '../sign-in/person.ts'

export type Interaction = { provider: Provider; name: string; people: readonly Person[] }

/** Shows the page, or takes the choice and goes on. */
export async function answerInteraction(
  { provider, name, people }: Interaction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { uid } = await provider.interactionDetails(request, response)
    if (request.method !== 'POST') {
      const action = `/interaction/${uid}`
      send(response, 200, signInPage({ provider: name, people, action, fields: {}, isRefusable: true }))
      return
    }
    const chosen = (await formOf(request)).get('person') ?? ''
    const result =
      chosen === ''
        ? { error: 'access_denied', error_description: 'The person did not sign in' }
        : { login: { accountId: findPerson(people, chosen).id, amr: ['pwd'] } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    send(response, 400, htmlPage('This request is not answered', `<p>${escapeHtml(message)}</p>`))
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // node:http yields Buffers unless an encoding is set
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

function send(response: ServerResponse, status: number, page: Page): void {
  response.writeHead(status, page.headers)
  response.end(page.html)
}
