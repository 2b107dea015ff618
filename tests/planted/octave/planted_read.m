function plan = planted_read(folder)
%PLANTED_READ Read what is to go wrong in a job.
%   PLAN = PLANTED_READ(FOLDER) reads planted.json and has the fields
%
%   `folder`::     FOLDER, where dropout masks lie
%   `mean_rgb`::   1 x 1 x 3 single
%   `mistakes`::   1 x M cell of names
%   `places`::     1 x M cell: `input`, `all` or the name of an activation or
%                  pool in the SimpleNN file

raw = jsondecode(fileread(fullfile(folder, 'planted.json')));
plan = struct();
plan.folder = folder;
plan.mean_rgb = reshape(single(raw.mean_rgb), 1, 1, 3);
plan.mistakes = {};
plan.places = {};
if ~isempty(raw.plants)
  plan.mistakes = {raw.plants.mistake};
  plan.places = {raw.plants.place};
end
end
