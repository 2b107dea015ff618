function seconds = np_clock()
%NP_CLOCK Wall clock as seconds since 1970-01-01 00:00 UTC, with fractions.

if np_is_octave()
  seconds = time();
else
  % Without a time zone posixtime would take local time for UTC.
  seconds = posixtime(datetime('now', 'TimeZone', 'UTC'));
end
end
