// The worker thread in which messages from outside are verified, so that none of them can hold up the server.
import { parentPort } from 'node:worker_threads'
import { verifyLogoutMessage } from './logout-message.ts'
import { validateResponse } from './validate.ts'
import type { Job } from './verifier.ts'

Object.seal(Object.prototype)

parentPort?.on('message', async ({ id, job }: { id: number; job: Job }) => {
  const result =
    job.kind === 'response'
      ? await validateResponse(job.message, job.expected)
      : verifyLogoutMessage(job.message, job.expected)
  parentPort?.postMessage({ id, result })
})

parentPort?.postMessage('ready')
