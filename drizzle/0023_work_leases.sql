-- Work of an organization is done by whoever has its lease: one run for each kind at a time, on whichever node. The table is
-- closed to the server's role; the functions below reach single rows of it.
CREATE TABLE "work_leases" (
	"organization_id" text NOT NULL,
	"kind" text NOT NULL,
	"holder" text,
	"free_at" timestamp(3) with time zone NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "work_leases_organization_id_kind_pk" PRIMARY KEY("organization_id","kind")
);
--> statement-breakpoint
ALTER TABLE "work_leases" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "work_leases" ADD CONSTRAINT "work_leases_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
-- What is due by its pace (`prompt`, `seal`, `upkeep`), and neither under way nor paused; `seen_at` is the moment of the look.
-- Whoever waited longest comes first, to the minute: within one it is left to chance, so that nodes do not chase each other.
CREATE FUNCTION due_work(p_pace text) RETURNS TABLE (organization_id text, kind text, seen_at timestamptz)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH found AS (
    SELECT w.organization_id, w.kind FROM organizations_with_work() w WHERE p_pace = 'prompt'
    UNION ALL
    SELECT s.organization_id, 'audit_seal' FROM organizations_to_seal() s WHERE p_pace = 'seal'
    UNION ALL
    SELECT u.organization_id, u.kind FROM organizations_with_upkeep() u WHERE p_pace = 'upkeep')
  SELECT f.organization_id, f.kind, now() FROM found f
    LEFT JOIN work_leases l ON l.organization_id = f.organization_id AND l.kind = f.kind
    WHERE l.free_at IS NULL OR l.free_at <= now()
    ORDER BY date_trunc('minute', l.taken_at) NULLS FIRST, random() $$;
--> statement-breakpoint
-- Takes work that was seen due, unless somebody else took it since. A lease that nobody gave back belonged to a run that died,
-- which counts as a failure.
CREATE FUNCTION take_work(p_organization_id text, p_kind text, p_holder text, p_seen_at timestamptz) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH taken AS (
    INSERT INTO work_leases AS l (organization_id, kind, holder, free_at, taken_at)
      SELECT o.id, p_kind, p_holder, now() + interval '30 seconds', clock_timestamp() FROM organizations o
        WHERE o.id = p_organization_id
      ON CONFLICT (organization_id, kind) DO UPDATE SET holder = excluded.holder, free_at = excluded.free_at,
        taken_at = excluded.taken_at, failures = l.failures + (l.holder IS NOT NULL)::integer
        WHERE l.free_at <= now() AND l.taken_at <= p_seen_at
      RETURNING 1)
  SELECT EXISTS (SELECT FROM taken) $$;
--> statement-breakpoint
-- The heartbeat of a run: half a minute more. False where the work is somebody else's by now.
CREATE FUNCTION keep_work(p_organization_id text, p_kind text, p_holder text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH kept AS (
    UPDATE work_leases l SET free_at = now() + interval '30 seconds'
      WHERE l.organization_id = p_organization_id AND l.kind = p_kind AND l.holder = p_holder RETURNING 1)
  SELECT EXISTS (SELECT FROM kept) $$;
--> statement-breakpoint
CREATE FUNCTION finish_work(p_organization_id text, p_kind text, p_holder text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE work_leases l SET holder = NULL, free_at = date_trunc('milliseconds', now()), failures = 0
    WHERE l.organization_id = p_organization_id AND l.kind = p_kind AND l.holder = p_holder $$;
--> statement-breakpoint
-- Work that failed pauses: once to twice as long as the delay, twice that after each further failure, up to the longest pause.
CREATE FUNCTION put_off_work(p_organization_id text, p_kind text, p_holder text, p_delay integer, p_longest integer) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE work_leases l SET holder = NULL, failures = l.failures + 1,
      free_at = now() + make_interval(secs => least(p_longest, p_delay * 2 ^ least(l.failures, 16) * (1 + random())))
    WHERE l.organization_id = p_organization_id AND l.kind = p_kind AND l.holder = p_holder $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION due_work(text), take_work(text, text, text, timestamptz), keep_work(text, text, text),
  finish_work(text, text, text), put_off_work(text, text, text, integer, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION due_work(text), take_work(text, text, text, timestamptz), keep_work(text, text, text),
  finish_work(text, text, text), put_off_work(text, text, text, integer, integer) TO rolecall_server;
--> statement-breakpoint
COMMENT ON TABLE work_leases IS
  'Work of an organization is done by whoever has its lease: one run for each kind at a time, on whichever node. free_at: until '
  'when nobody else may take it. Closed to the server''s role but for the functions.';
--> statement-breakpoint
COMMENT ON FUNCTION due_work(text) IS
  'What is due by its pace (prompt, seal, upkeep), and neither under way nor paused; seen_at is the moment of the look. Whoever '
  'waited longest comes first, to the minute: within one it is left to chance, so that nodes do not chase each other.';
--> statement-breakpoint
COMMENT ON FUNCTION take_work(text, text, text, timestamptz) IS
  'Takes work that was seen due, unless somebody else took it since. A lease that nobody gave back belonged to a run that died, '
  'which counts as a failure.';
--> statement-breakpoint
COMMENT ON FUNCTION keep_work(text, text, text) IS
  'The heartbeat of a run: half a minute more. False where the work is somebody else''s by now.';
--> statement-breakpoint
COMMENT ON FUNCTION finish_work(text, text, text) IS 'Gives the lease of a run back: what it was for is done.';
--> statement-breakpoint
COMMENT ON FUNCTION put_off_work(text, text, text, integer, integer) IS
  'Work that failed pauses: once to twice as long as the delay, twice that after each further failure, up to the longest pause.';
--> statement-breakpoint
-- The queue of before. What waited in it is found anew by the rows themselves.
DROP SCHEMA IF EXISTS pgboss CASCADE;
