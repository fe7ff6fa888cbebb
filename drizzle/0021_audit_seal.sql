-- The order in which audit rows are sealed: that of their insertion. Ids come from the clocks of nodes and could end up before
-- what is sealed already.
CREATE SEQUENCE audit_positions;
--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "position" bigint DEFAULT nextval('audit_positions') NOT NULL;
--> statement-breakpoint
ALTER TABLE "audit_events" ALTER COLUMN "position" DROP DEFAULT;
--> statement-breakpoint
ALTER SEQUENCE audit_positions OWNED BY audit_events.position;
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_events_position" ON "audit_events" USING btree ("organization_id","position");
--> statement-breakpoint
-- Nobody who inserts chooses the place. A transaction has its number before it has a position, so that once all transactions
-- below a number are over, no position that was given out by then can turn up any more (audit_horizon).
CREATE FUNCTION place_audit_event() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_current_xact_id();
  NEW.position := nextval('audit_positions');
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER place_audit_event BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION place_audit_event();
--> statement-breakpoint
-- The last position given out, and a transaction number above those of all transactions that have one of these positions.
CREATE FUNCTION audit_horizon() RETURNS TABLE (last_position bigint, below xid8)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT CASE WHEN p.is_called THEN p.last_value ELSE p.last_value - 1 END INTO last_position FROM audit_positions p;
  below := pg_current_xact_id();
  RETURN NEXT;
END
$$;
--> statement-breakpoint
CREATE TABLE "audit_segments" (
	"organization_id" text NOT NULL,
	"sequence" integer NOT NULL,
	"after_position" bigint NOT NULL,
	"last_position" bigint NOT NULL,
	"event_count" integer NOT NULL,
	"event_ids" text[] NOT NULL,
	"event_hashes" text NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_segments_organization_id_sequence_pk" PRIMARY KEY("organization_id","sequence")
);
--> statement-breakpoint
ALTER TABLE "audit_segments" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "own_organization" ON "audit_segments" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT ON audit_segments TO rolecall_server;
--> statement-breakpoint
-- The organizations with audit rows that no segment holds yet.
CREATE FUNCTION organizations_to_seal() RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o
  WHERE (SELECT a.position FROM audit_events a WHERE a.organization_id = o.id ORDER BY a.position DESC LIMIT 1)
    > coalesce((SELECT s.last_position FROM audit_segments s WHERE s.organization_id = o.id ORDER BY s.sequence DESC LIMIT 1), 0) $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION place_audit_event(), audit_horizon(), organizations_to_seal() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION audit_horizon(), organizations_to_seal() TO rolecall_server;
--> statement-breakpoint
SELECT pgboss.create_queue('audit_seal', jsonb_build_object('policy', 'exclusive', 'retryLimit', 1000000, 'retryBackoff', true,
  'retryDelay', 5, 'retryDelayMax', 60, 'expireInSeconds', 900, 'heartbeatSeconds', 30, 'retentionSeconds', 1209600,
  'deleteAfterSeconds', 3600));
