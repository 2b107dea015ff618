function files = np_feature_files(kind, names)
%NP_FEATURE_FILES Name the files that features are saved in.
%   FILES = NP_FEATURE_FILES(KIND, NAMES) returns a cell with one file name
%   without .npy, KIND-<name>, for each feature in the cell NAMES. Characters
%   that not every file system allows become underscores, and names stay
%   distinct even where letters have no case: `block1/conv`, the second of the
%   features, is saved in `shared-block1_conv-1.npy`.

longest = 80;
allowed = ['A':'Z', 'a':'z', '0':'9', '._-'];
files = cell(1, numel(names));
taken = {};
for k = 1:numel(names)
  plain = names{k};
  plain(~ismember(plain, allowed)) = '_';
  plain = plain(1:min(end, longest));
  if ~strcmp(plain, names{k}) || any(strcmpi(plain, taken))
    plain = sprintf('%s-%d', plain, k - 1);
  end
  while any(strcmpi(plain, taken))
    plain = [plain '_']; %#ok<AGROW>
  end
  taken{end + 1} = plain; %#ok<AGROW>
  files{k} = [kind '-' plain];
end
end
