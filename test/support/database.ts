// A database of a test's own, cloned from the template that the test run has migrated.
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'

/** `databaseUrl` is how the server logs in. */
export type TestDatabase = { databaseUrl: string; ownerUrl: string }

export async function cloneTemplate(): Promise<TestDatabase> {
  const template = inject('clusterUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(template.replace(/\/rolecall$/, '/postgres'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template rolecall strategy file_copy`)
  await admin.end()
  const named = (url: string): string => url.replace(/\/rolecall$/, `/${name}`)
  return { databaseUrl: named(inject('clusterServerUrl')), ownerUrl: named(template) }
}
