// On every page while an operator is in the console: for them, that they are, and the way out; for those who let them in, who is
// here, and the way to end it.
import { PostForm } from '#http/ui/form.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from './env.ts'

export const leavePath = '/console/leave-support'

const does = (mayWrite: boolean): string => (mayWrite ? 'may change things' : 'only reads')

export const SupportBanners = ({ frame: { ctx, manager } }: { frame: Frame }) => {
  const { support, supporters, organization } = manager
  if (support !== undefined)
    return (
      <div class="support-banner" role="status">
        <span>
          <strong>You are here as support.</strong> {organization.name} sees every page that you open
          {support.mayWrite ? ' and everything that you change' : '; you can only read'}. It ends at{' '}
          <Time at={support.endsAt} />.
        </span>
        <PostForm action={leavePath}>
          <button type="submit" class="btn btn-sm">
            Leave
          </button>
        </PostForm>
      </div>
    )
  if (supporters.length === 0 || !isPermitted(ctx, 'organization.write')) return null
  return (
    <div class="support-banner" role="status">
      <span>
        <strong>Support is in this console:</strong>{' '}
        {supporters.map(({ operator, mayWrite, endsAt }, index) => (
          <>
            {index === 0 ? '' : ', '}
            {operator}, who {does(mayWrite)}, until <Time at={endsAt} />
          </>
        ))}
      </span>
      <a class="btn btn-sm" href="/console/settings/support">
        Look, or end it
      </a>
    </div>
  )
}
