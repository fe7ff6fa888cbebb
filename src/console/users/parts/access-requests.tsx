// What a person has asked for, on their page, where it is given.
import type { Alarm } from '#access/notices/alarms/alarms.ts'
import { Alert } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { ButtonForm } from '../../ui/parts.tsx'

export const AccessRequests = ({ requests, mayAnswer }: { requests: readonly Alarm[]; mayAnswer: boolean }) => (
  <>
    {requests.map(({ id, detail, raisedAt }) => (
      <Alert kind="info" title="They ask for access">
        “{String(detail['words'])}”, <Time at={raisedAt} />
        {mayAnswer ? <ButtonForm action={`/console/alarms/${id}/settle`} label="It is answered" kind="btn-sm" /> : null}
      </Alert>
    ))}
  </>
)
