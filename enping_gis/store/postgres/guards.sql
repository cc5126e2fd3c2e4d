-- What guards an inventory in PostgreSQL. Every statement may be run again.

-- One writer at a time. Whoever edits past the package takes the second row in a trigger.
CREATE OR REPLACE FUNCTION enping_begin() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
  SELECT set_config('enping.writes', pg_current_xact_id()::text, true);
  SELECT 1 FROM enping_inventory WHERE key IN ('changes_seen', 'revision') ORDER BY key FOR UPDATE;
$$;

-- A write ends: it is counted, and `changes` says up to which edit of others every row is known.
CREATE OR REPLACE FUNCTION enping_count(known bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
  UPDATE enping_inventory SET value = (value::bigint + 1)::text WHERE key = 'revision';
  UPDATE enping_inventory SET value = known::text WHERE key = 'changes' AND known IS NOT NULL;
$$;

CREATE OR REPLACE FUNCTION enping_see() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF current_setting('enping.writes', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    UPDATE enping_inventory SET value = (value::bigint + 1)::text WHERE key = 'changes_seen';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION enping_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'events can only grow: record a correction' USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- An event has to follow the last of its chain, which then ends with it. The row of the chain
-- is locked, so that two events cannot both follow the same one.
CREATE OR REPLACE FUNCTION enping_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
  last enping_chains%ROWTYPE;
  chain text := coalesce(NEW.origin, '');
BEGIN
  IF NEW.hash IS NULL OR length(NEW.hash) <> 64 THEN
    RAISE EXCEPTION 'events are chained: record them with enping-gis record'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  INSERT INTO enping_chains (origin, events) VALUES (chain, 0) ON CONFLICT DO NOTHING;
  SELECT * INTO last FROM enping_chains WHERE origin = chain FOR UPDATE;
  IF coalesce(NEW.prev_hash, '') <> coalesce(last.head, '')
    OR coalesce(NEW.recorded_at, '') < coalesce(last.recorded_at, '') THEN
    RAISE EXCEPTION 'events are chained: this one does not follow the last'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- A moment to come would push every later event behind it.
  IF NEW.recorded_at::timestamptz > now() + interval '1 day' THEN
    RAISE EXCEPTION 'events are chained: this one is recorded in the future'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE enping_chains SET events = events + 1, head = NEW.hash, recorded_at = NEW.recorded_at
    WHERE origin = chain;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER enping_events_stay BEFORE UPDATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION enping_refuse();
CREATE OR REPLACE TRIGGER enping_events_remain BEFORE DELETE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION enping_refuse();
CREATE OR REPLACE TRIGGER enping_events_whole BEFORE TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION enping_refuse();
CREATE OR REPLACE TRIGGER enping_events_chained BEFORE INSERT ON events
  FOR EACH ROW EXECUTE FUNCTION enping_chain();
ALTER TABLE events ENABLE TRIGGER USER;
