// Both identity providers push everybody at once, with a line of live progress each.
import { performance } from 'node:perf_hooks'
import type { IdentityProvider, IdentityProviderOptions } from '../identity-provider.ts'
import type { Company } from '../population.ts'
import type { Exchange } from '../scim-client.ts'
import { inParallel } from './in-parallel.ts'
import type { Output } from './output.ts'
import type { ScimDirectory } from './set-up.ts'

/** An emulated identity provider, its company, and what it has done so far. */
export type Feed = {
  provider: IdentityProvider
  company: Company
  directory: ScimDirectory
  progress: Progress
}

type Progress = { users: number; groups: number; requests: number; delayed: number; started: number; ended?: number }

const usersAtOnce = 8
const groupsAtOnce = 3

/** Connects a made identity provider to a directory and counts its requests. */
export function createFeed(
  make: (options: IdentityProviderOptions) => IdentityProvider,
  directory: ScimDirectory,
  company: Company,
): Feed {
  const progress: Progress = { users: 0, groups: 0, requests: 0, delayed: 0, started: performance.now() }
  const onExchange = ({ status }: Exchange) => {
    progress.requests += 1
    if (status === 429 || status === 503) progress.delayed += 1
  }
  return { provider: make({ ...directory, onExchange }), company, directory, progress }
}

/** Pushes all people and groups of all feeds at once, then reads them back and compares. */
export async function provision(feeds: readonly Feed[], output: Output): Promise<void> {
  for (const feed of feeds) feed.progress.started = performance.now()
  const lines = output.live(() => feeds.map(progressLine))
  try {
    await Promise.all(feeds.map(push))
  } finally {
    lines.finish()
  }
  await Promise.all(feeds.map((feed) => readBack(feed, output)))
}

async function push({ provider, company, progress }: Feed): Promise<void> {
  await provider.testConnection()
  await inParallel(company.people, usersAtOnce, async (person) => {
    await provider.pushUser(person)
    progress.users += 1
  })
  await inParallel(company.groups, groupsAtOnce, async (group) => {
    await provider.pushGroup(group)
    progress.groups += 1
  })
  progress.ended = performance.now()
}

async function readBack({ provider, company }: Feed, output: Output): Promise<void> {
  const ids = new Set((await provider.listUsers()).map((user) => user['id']))
  const missing = company.people.filter((person) => !ids.has(provider.userId(person.key)))
  if (missing.length > 0 || ids.size !== company.people.length) {
    throw new Error(`${provider.name} pushed ${company.people.length} people, but reads ${ids.size} back`)
  }
  output.done(`${provider.name} reads back all ${ids.size} people that it pushed`)
}

function progressLine({ provider, company, progress }: Feed): string {
  const seconds = ((progress.ended ?? performance.now()) - progress.started) / 1000
  const { length: people } = company.people
  const parts = [
    `  ${provider.name.padEnd(9)}`,
    bar(progress.users / people),
    `${String(progress.users).padStart(3)}/${people} people`,
    `${progress.groups}/${company.groups.length} groups`,
    `${String(progress.requests).padStart(4)} requests`,
    `${String(Math.round(progress.requests / Math.max(seconds, 0.001))).padStart(4)}/s`,
    `${seconds.toFixed(1)} s`,
  ]
  if (progress.delayed > 0) parts.push(`${progress.delayed} told to wait`)
  return parts.join('  ')
}

function bar(share: number): string {
  const width = 12
  const filled = Math.floor(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`
}
