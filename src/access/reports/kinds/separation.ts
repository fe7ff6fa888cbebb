// Separation of duties: who holds what a rule keeps apart, and who is excepted until when.
import { listSeparations } from '../../grants/separation/rules.ts'
import { findConflicts } from '../../people/separation-conflicts.ts'
import { finding, type ReportKindOf, samples } from './report.ts'

const href = '/console/separation'

export const separation: ReportKindOf = {
  title: 'Separation of duties',
  says: 'Who holds what a rule keeps apart, through which roles, and who is excepted until when.',
  async make(ctx) {
    const [rules, { counts, items: conflicts }] = await Promise.all([listSeparations(ctx), findConflicts(ctx)])
    const exceptions = rules.flatMap(({ name, mode, exceptions: excepted }) =>
      excepted.map((each) => ({ ...each, rule: name, mode })),
    )
    const of = (wanted: 'enforce' | 'watch') => ({
      count: rules.reduce((sum, { id, mode }) => sum + (mode === wanted ? (counts.get(id) ?? 0) : 0), 0),
      sample: [...new Set(conflicts.flatMap(({ rule, user }) => (rule.mode === wanted ? [user.name] : [])))].slice(
        0,
        samples,
      ),
    })
    return {
      facts: [
        { term: 'Rules', value: String(rules.length) },
        { term: 'Exceptions', value: String(exceptions.length) },
      ],
      findings: [
        ...finding({
          code: 'kept_apart',
          text: 'They hold both sides of a rule, and the second is withheld from them',
          ...{ href, ...of('enforce') },
        }),
        ...finding({
          code: 'both_sides',
          text: 'They hold both sides of a rule that is only watched',
          ...{ href, ...of('watch') },
        }),
      ],
      columns: ['rule', 'person', 'user name', 'where', 'first through', 'second through', 'state', 'until'],
      rows: [
        ...conflicts.map(({ rule, user, brand, first, second }) => [
          ...[rule.name, user.name, user.userName, brand?.name ?? null, first.join(', '), second.join(', ')],
          ...[rule.mode === 'enforce' ? 'withheld' : 'watched', null],
        ]),
        ...exceptions.map(({ rule, user, brand, reason, expiresAt }) => [
          ...[rule, user.displayName ?? user.userName, user.userName, brand?.name ?? null, reason, null],
          ...['excepted', expiresAt],
        ]),
      ],
      nextCursor: null,
    }
  },
}
